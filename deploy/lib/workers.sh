# shellcheck shell=bash
# The demo's own processes: broker, workers, producer. Sourced, after say.sh.
# Uses from the caller: teller, folder, session_ms, transfers, accounts.
# shellcheck disable=SC2154

broker_pid=
producer_pid=
declare -A worker_pids=()

# logged NAME COMMAND...: runs it with its output in a log, and shows that when it fails.
logged() {
  local name=$1
  shift
  "$@" >"$folder/logs/$name.log" 2>&1 || { cat "$folder/logs/$name.log" >&2; fail "$*"; }
}

embedded_broker_says() { grep -q '"brokers"' "$folder/logs/broker.log" || ! kill -0 "$broker_pid" 2>/dev/null; }

# start_embedded_broker PARTITIONS: sets TELLER_BROKERS.
start_embedded_broker() {
  : >"$folder/logs/broker.log"
  "$teller" broker --topic "$TELLER_TOPIC:$1" --json >"$folder/logs/broker.log" 2>&1 &
  broker_pid=$!
  wait_until 10 embedded_broker_says || true
  TELLER_BROKERS=$(sed -n 's/.*"brokers" *: *"\([^"]*\)".*/\1/p' "$folder/logs/broker.log" | head -n 1)
  [ -n "$TELLER_BROKERS" ] || { cat "$folder/logs/broker.log" >&2; fail "the embedded broker did not start"; }
  export TELLER_BROKERS
}

# start_worker NUMBER
start_worker() {
  "$teller" worker --kafka "session.timeout.ms=$session_ms" --kafka heartbeat.interval.ms=500 \
    >"$folder/logs/worker-$1.log" 2>&1 &
  worker_pids[$1]=$!
}

# kill_worker NUMBER: with SIGKILL, so that it can tidy up nothing.
kill_worker() {
  kill -KILL "${worker_pids[$1]}"
  wait "${worker_pids[$1]}" 2>/dev/null || true
  unset "worker_pids[$1]"
}

start_producer() {
  "$teller" produce --count "$transfers" --accounts "$accounts" --duplicates 0.02 --poison 0.001 \
    --misrouted 0.001 --seed 7 >"$folder/logs/produce.log" 2>&1 &
  producer_pid=$!
}

wait_for_producer() {
  wait "$producer_pid" || { cat "$folder/logs/produce.log" >&2; fail "teller produce"; }
  producer_pid=
}

# stop_workers: in order, with SIGTERM; a worker that then ends with a failure is a failure.
stop_workers() {
  local number
  for number in "${!worker_pids[@]}"; do
    kill -TERM "${worker_pids[$number]}" 2>/dev/null || fail "worker $number had ended by itself"
  done
  for number in "${!worker_pids[@]}"; do
    wait "${worker_pids[$number]}" || fail "worker $number ended with $?"
    unset "worker_pids[$number]"
  done
}

# stop_children: whatever still runs, at once; for the way out.
stop_children() {
  local pid
  for pid in "${worker_pids[@]}" "$producer_pid" "$broker_pid" "${kafka_pid:-}"; do
    [ -n "$pid" ] || continue
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# show_logs FOLDER: the ends of all logs, after a failure.
show_logs() {
  local log
  for log in "$1"/logs/*.log; do
    [ -s "$log" ] || continue
    printf '\n-- the end of %s\n' "$(basename "$log")" >&2
    tail -n 15 "$log" >&2
  done
}
