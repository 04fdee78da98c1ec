# shellcheck shell=bash
# The Debian packages that building and running need. Sourced, after say.sh.

# What a Swift toolchain needs on a bare Debian 12, beside what the project asks for itself.
toolchain_packages=(
  binutils ca-certificates git libc6-dev libcurl4 libgcc-12-dev libncurses6 libsqlite3-0
  libstdc++-12-dev libxml2 libz3-4 pkg-config tzdata util-linux zlib1g-dev
)

# The project's own: three C libraries, and a PostgreSQL server to start privately.
project_packages=(librdkafka-dev libpq-dev libssl-dev postgresql-15)

# For the tests alone: services in other languages, which work by the contract files.
contract_packages=(kcat python3-confluent-kafka python3-jsonschema python3-yaml)

# is_installed PACKAGE
is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# has_java: a Java that Kafka's scripts will find.
has_java() {
  if [ -n "${JAVA_HOME:-}" ]; then [ -x "$JAVA_HOME/bin/java" ]; else command -v java >/dev/null 2>&1; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null >&2
}

# Debian's postgresql-15 creates a cluster "main" and starts it on port 5432. Nobody asked for that here, so
# it is switched off while the package is installed, and the setting is put back afterwards.
install_postgres_without_cluster() {
  local conf=/etc/postgresql-common/createcluster.conf saved
  note "postgresql-15: server programs only; create_main_cluster = false in $conf keeps Debian from"
  note "creating and starting a database cluster of its own; the file is put back as it was afterwards"
  is_installed postgresql-common || apt_install postgresql-common
  saved=$(mktemp)
  cat "$conf" >"$saved"
  printf 'create_main_cluster = false\n' | as_root tee "$conf" >/dev/null
  apt_install postgresql-15 || { restore_file "$saved" "$conf"; return 1; }
  restore_file "$saved" "$conf"
}

restore_file() {
  as_root tee "$2" <"$1" >/dev/null
  rm -f "$1"
}

# install_packages [MORE…]: installs what is missing, saying what and why; nothing at all when nothing is.
install_packages() {
  command -v dpkg-query >/dev/null 2>&1 || fail "this script knows Debian's packages only (dpkg-query not found)"
  local wanted=("${toolchain_packages[@]}" "${project_packages[@]}" "$@") missing=() package
  if [ -n "${KAFKA_HOME:-}" ] && ! has_java; then wanted+=(openjdk-17-jre-headless); fi
  for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    say "Debian packages: all ${#wanted[@]} are installed"
    return
  fi
  say "Debian packages: installing ${missing[*]}"
  as_root apt-get update -q </dev/null >&2
  local plain=()
  for package in "${missing[@]}"; do
    if [ "$package" = postgresql-15 ]; then install_postgres_without_cluster; else plain+=("$package"); fi
  done
  [ "${#plain[@]}" -eq 0 ] || apt_install "${plain[@]}"
}
