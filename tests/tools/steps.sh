# Numbered steps with their time, and the installation of missing programs. Sourced by tests/run.

steps_started=$SECONDS
steps_count=0

# step NAME COMMAND...: runs the command; says what runs, and how long it took.
step() {
    local name=$1 began=$SECONDS
    shift
    steps_count=$((steps_count + 1))
    printf '\n== %d. %s\n' "$steps_count" "$name"
    if ! "$@"; then
        printf '== %s: failed after %d s\n' "$name" $((SECONDS - began))
        exit 1
    fi
    printf '== %s: done in %d s\n' "$name" $((SECONDS - began))
}

steps_done() {
    printf '\n== all %d steps passed in %d s\n' "$steps_count" $((SECONDS - steps_started))
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# install_packages PACKAGE...: with the distribution's package manager.
install_packages() {
    if ! command -v apt-get >/dev/null; then
        echo "please install: $*" >&2
        return 1
    fi
    as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

# install_missing PROGRAM:PACKAGE...: installs the packages of programs that are not there.
install_missing() {
    local pair missing=()
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        echo "everything is there"
    else
        echo "installing ${missing[*]}"
        install_packages "${missing[@]}"
    fi
}
