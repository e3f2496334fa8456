# Wharf for people and packagers: `make build`, `make install`, `make demo`, `make test`.
# Behind every target stands plain cargo; CONTRIBUTING.md has the shorter ways.

# systemd looks for generators below /usr/lib and /usr/local/lib only, so PREFIX is /usr (packages) or
# /usr/local.
PREFIX ?= /usr/local
DESTDIR ?=
CARGO_TARGET_DIR ?= target
export CARGO_TARGET_DIR

RELEASE = $(CARGO_TARGET_DIR)/release
ROOT = $(DESTDIR)$(PREFIX)

.PHONY: build install demo test check bench fuzz clean toolchain root
.NOTPARALLEL:

# The generator is linked statically, for systemd runs it at every boot and reload. The flag is given to
# this one program: in RUSTFLAGS it would break procedural macros.
build: toolchain
	cargo rustc --locked --release --bin wharf-generator --no-default-features -- -C target-feature=+crt-static
	cargo build --locked --release --bin wharf

# Installs what `make build` left, so that root needs no cargo. systemd gets links, never copies.
install:
	@test -x $(RELEASE)/wharf -a -x $(RELEASE)/wharf-generator || { echo 'make install: run `make build` first' >&2; exit 1; }
	install -D -m 755 $(RELEASE)/wharf $(ROOT)/bin/wharf
	install -D -m 755 $(RELEASE)/wharf-generator $(ROOT)/libexec/wharf/wharf-generator
	for scope in system user; do \
	    install -d $(ROOT)/lib/systemd/$$scope-generators && \
	    ln -sfn ../../../libexec/wharf/wharf-generator $(ROOT)/lib/systemd/$$scope-generators/wharf-$$scope-generator || exit 1; \
	done
	for page in man/*.[158]; do install -D -m 644 $$page $(ROOT)/share/man/man$${page##*.}/$${page##*/} || exit 1; done
	packaging/completions $(RELEASE)/wharf $(ROOT)/share

demo: build
	packaging/demo

check: toolchain
	packaging/toolchain strace
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --test machine -- -D warnings
	cargo clippy --locked --no-default-features --lib --bin wharf-generator -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
	cargo build --locked --no-default-features --bin wharf-generator
	cargo test --locked --no-fail-fast

test: root check build
	cargo test --locked --test machine

bench: root build
	packaging/toolchain python3 strace
	tests/bench/run

# A folder of its own: `cargo test` would put a generator that is not static into release/.
fuzz: export WHARF_FUZZ_SECONDS ?= 300
fuzz: toolchain
	cargo test --locked --release --target-dir $(CARGO_TARGET_DIR)/fuzz --test properties

clean:
	cargo clean

toolchain:
	@packaging/toolchain

root:
	@test "$$(id -u)" = 0 || { echo 'make $(MAKECMDGOALS): needs root, for it makes a test machine; `make check` runs all other tests' >&2; exit 1; }
