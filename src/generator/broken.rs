//! What the service that stands in for a broken definition runs: it says what is wrong, and fails.

use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use super::log::write_all;

/// How long the journal gets to look at the process: it learns from that which service a line is of,
/// and cannot once the process is gone.
const WAIT: Duration = Duration::from_millis(100);

/// Writes a message to the journal, and makes it the status of the service.
pub(super) fn tell(message: &str, notify_socket: &str) {
    write_all(rustix::stdio::stderr(), &format!("{message}\n"));
    if !notify_socket.is_empty() {
        // Where it cannot be sent, the journal has it all the same.
        notify(message, notify_socket).unwrap_or_default();
        std::thread::sleep(WAIT);
    }
}

/// Sends a status as `sd_notify(3)` says: one datagram, to a path or, behind `@`, an abstract name.
fn notify(message: &str, socket: &str) -> io::Result<()> {
    let address = match socket.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(socket)?,
    };
    let text = format!("STATUS={message}");
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_becomes_the_status() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let receiver = UnixDatagram::bind(&path).unwrap();
        notify("a.container:1:1: wrong", path.to_str().unwrap()).unwrap();
        let mut got = [0; 64];
        let length = receiver.recv(&mut got).unwrap();
        assert_eq!(&got[..length], b"STATUS=a.container:1:1: wrong");
    }
}
