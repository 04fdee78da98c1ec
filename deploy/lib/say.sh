# shellcheck shell=bash
# Words for the person who runs deploy/demo and deploy/test. Sourced, never run.

# say TEXT...: a step, so that whoever watches knows what happens now.
say() { printf '\n== %s\n' "$*" >&2; }

# note TEXT...: a detail under a step.
note() { printf '   %s\n' "$*" >&2; }

# fail TEXT...: the reason, then the end.
fail() {
  printf '\nfailed: %s\n' "$*" >&2
  exit 1
}

# as_root COMMAND...: runs it as root, through sudo where this is not root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

# wait_until SECONDS COMMAND...: true as soon as COMMAND is, false when the time is over.
wait_until() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
}
