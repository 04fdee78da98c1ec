# shellcheck shell=bash
# A private PostgreSQL in a folder of its own, reached through a socket in that folder: the system's own
# clusters and port 5432 are never touched. Sourced, after say.sh.

postgres_folder=

# PostgreSQL refuses to run as root: root lends it to the package's user, or to nobody.
postgres_user() {
  if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

# as_postgres COMMAND...
as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd "$postgres_folder" && runuser -u "$(postgres_user)" -- env HOME="$postgres_folder" "$@")
  else
    (cd "$postgres_folder" && "$@")
  fi
}

postgres_bin() {
  local folder
  for folder in /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin; do
    [ -x "$folder/initdb" ] && { echo "$folder"; return; }
  done
  folder=$(command -v initdb) || fail "no PostgreSQL server programs (initdb) found"
  dirname "$folder"
}

# start_postgres FOLDER: a new cluster in FOLDER (which must exist and be empty). Sets TELLER_POSTGRES_URL.
start_postgres() {
  postgres_folder=$1
  local bin
  bin=$(postgres_bin)
  if [ "$(id -u)" -eq 0 ]; then chown "$(postgres_user)" "$postgres_folder"; fi
  # Only the folder's owner and root reach the socket, so 'trust' trusts nobody else.
  chmod 0700 "$postgres_folder"
  as_postgres "$bin/initdb" --pgdata="$postgres_folder/data" --username=teller --auth=trust \
    --encoding=UTF8 --locale=C >"$postgres_folder/initdb.log" 2>&1 ||
    { cat "$postgres_folder/initdb.log" >&2; fail "initdb"; }
  {
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$postgres_folder'"
    echo "max_connections = 60"
    echo "shared_buffers = ${postgres_shared_buffers:-256MB}"
    echo "max_wal_size = 4GB"
    echo "cluster_name = 'teller-private'"
  } | as_postgres tee -a "$postgres_folder/data/postgresql.conf" >/dev/null
  as_postgres "$bin/pg_ctl" --pgdata="$postgres_folder/data" --log="$postgres_folder/server.log" \
    --wait --timeout=60 start >/dev/null ||
    { cat "$postgres_folder/server.log" >&2; fail "PostgreSQL did not start"; }
  as_postgres "$bin/createdb" --host="$postgres_folder" --username=teller teller
  export TELLER_POSTGRES_URL="postgresql://teller@/teller?host=$postgres_folder"
}

# stop_postgres: ends the server; its folder goes with the caller's.
stop_postgres() {
  [ -n "$postgres_folder" ] && [ -f "$postgres_folder/data/postmaster.pid" ] || return 0
  as_postgres "$(postgres_bin)/pg_ctl" --pgdata="$postgres_folder/data" --mode=immediate --wait stop \
    >/dev/null 2>&1 || true
}

# query SQL: the rows, columns parted by '|'.
query() {
  "$(postgres_bin)/psql" --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \
    --dbname="$TELLER_POSTGRES_URL" --command="$1"
}
