# A throwaway PostgreSQL server on a free loopback port, in a temporary directory. Sourced by tests/run.

postgres_directory=

postgres_programs() {
    if command -v initdb >/dev/null; then
        dirname "$(command -v initdb)"
    else
        ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1
    fi
}

# PostgreSQL refuses to run as root.
postgres_as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

postgres_start() {
    if [ -n "${PASSID_TEST_POSTGRES:-}" ]; then
        echo "using the PostgreSQL server of PASSID_TEST_POSTGRES"
        return
    fi
    if [ ! -x "$(postgres_programs)/initdb" ]; then
        install_packages postgresql
    fi
    local programs port
    programs=$(postgres_programs)
    postgres_directory=$(mktemp -d)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if [ "$(id -u)" = 0 ]; then chown postgres "$postgres_directory"; fi
    postgres_as_owner "$programs/initdb" -D "$postgres_directory/data" -U passid --auth=trust --no-sync >/dev/null
    # Tests make and drop many small databases: nothing here has to survive a power loss.
    postgres_as_owner "$programs/pg_ctl" -D "$postgres_directory/data" -w -l "$postgres_directory/log" -o \
        "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$postgres_directory -c fsync=${PASSID_POSTGRES_FSYNC:-off} -c max_connections=300" start >/dev/null
    export PASSID_TEST_POSTGRES="postgres://passid@127.0.0.1:$port/postgres"
    echo "PostgreSQL listens on port $port"
}

postgres_stop() {
    if [ -n "$postgres_directory" ]; then
        postgres_as_owner "$(postgres_programs)/pg_ctl" -D "$postgres_directory/data" -m immediate stop >/dev/null || true
        rm -rf "$postgres_directory"
        postgres_directory=
    fi
}
