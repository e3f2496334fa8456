//! Definitions that several subjects use.

/// A container that serves its number at port 8080 and ends as soon as it is told to.
pub(crate) const WEB: &str = "[Container]\nImage=127.0.0.1:5000/test/web:1\n";

/// The same for a boot. Rootless Podman says that the container is ready and ends at once; where the user
/// manager is busy then, it no longer knows who said so, and the service fails without a fault of its own.
pub(crate) const WEB_THAT_RESTARTS: &str =
    "[Container]\nImage=127.0.0.1:5000/test/web:1\n\n[Service]\nRestart=on-failure\n";

/// The container with a misspelt key in its third line.
pub(crate) const BROKEN: &str =
    "[Container]\nImage=127.0.0.1:5000/test/web:1\nPublishPrt=8080:8080\n";
