#!/usr/bin/env bash
# A service in a shell, with kcat alone and by the contract files alone (Sources/Contract).
#
#   service.sh BROKERS TOPIC RUN [SECONDS]
#
# Opens two accounts, sends a transfer twice, one that nobody can pay and one that is no request, and waits until the
# outcomes topic tells of each. Prints one line for each event of its own: partition, origin offset, outcome, code, key.
# Exit code 1: something was not as the contract says.
set -euo pipefail
brokers=$1 topic=$2 run=$3
deadline=$((SECONDS + ${4:-60}))
tab=$'\t'
payer="$run-payer" payee="$run-payee"

fail() { printf 'the contract is broken: %s\n' "$*" >&2; exit 1; }

# send KEY VALUE …: the key before the tab is the record's key; it places the record as Java's clients do.
send() {
  while [ $# -gt 0 ]; do printf '%s\t%s\n' "$1" "$2"; shift 2; done |
    kcat -P -q -b "$brokers" -t "$topic" -K "$tab" -X partitioner=murmur2_random -X enable.idempotence=true
}

# told: partition, origin offset, outcome, code and key of each event so far whose key is of this run or is none. A
# repeat is the same event and so the same line: sorting by place drops it.
told() {
  kcat -C -q -e -o beginning -b "$brokers" -t "$topic-outcomes" -f '%p\t%h\n' 2>/dev/null |
    awk -F '\t' -v OFS='\t' -v run="$run-" '{
      split("", header); count = split($2, pairs, ",")
      for (i = 1; i <= count; i++) {
        at = index(pairs[i], "="); header[substr(pairs[i], 1, at - 1)] = substr(pairs[i], at + 1)
      }
      key = header["teller-idempotency-key"]
      if (index(key, run) == 1 || key == "")
        print $1, header["teller-origin-offset"], header["teller-outcome"], header["teller-code"], key
    }' | sort -t "$tab" -k 1,1n -k 2,2n -u
}

# await COUNT: waits until so many events are there, and leaves them in $events.
await() {
  while true; do
    events=$(told || true)
    [ -n "$events" ] && [ "$(printf '%s\n' "$events" | wc -l)" -ge "$1" ] && return
    [ "$SECONDS" -lt "$deadline" ] || fail "no $1 events in time: $events"
    # kcat -e ends at the end of the topic: a pause, so that the broker is not asked without end.
    read -r -t 0.3 <> <(:) || true
  done
}

expect() { # OUTCOME CODE KEY
  printf '%s\n' "$events" | cut -f 3- | grep -Fxq -- "$1$tab$2$tab$3" || fail "no $1 $2 of ${3:-no key}: $events"
}

open() { printf '{"type":"open_account","idempotency_key":"%s","account":"%s","currency":"EUR","overdraft":%s}' "$@"; }
transfer() {
  printf '{"idempotency_key":"%s","debit_account":"%s","credit_account":"%s","amount":%s,"currency":"EUR"}' "$@"
}

send "$payer" "$(open "$run-open-payer" "$payer" 100)" "$payee" "$(open "$run-open-payee" "$payee" 0)"
await 2
expect applied "" "$run-open-payer"
expect applied "" "$run-open-payee"

send "$payer" "$(transfer "$run-1" "$payer" "$payee" 60)" "$payer" "$(transfer "$run-1" "$payer" "$payee" 60)" \
  "$payer" "$(transfer "$run-2" "$payer" "$payee" 60)" "$payer" "no request"
await 6
expect applied "" "$run-1"
expect duplicate "" "$run-1"
expect rejected insufficient_funds "$run-2"
expect dead undecodable ""

# The value, with kcat's envelope: the balances after the transfer that was applied.
values=$(kcat -C -q -e -o beginning -b "$brokers" -t "$topic-outcomes" -J 2>/dev/null)
grep -Fq "{\\\"account\\\":\\\"$payer\\\",\\\"balance\\\":-60,\\\"version\\\":1}" <<<"$values" ||
  fail "no event tells the balance after $run-1"
printf '%s\n' "$events"
