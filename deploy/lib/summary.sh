# shellcheck shell=bash
# The demo's last words, for somebody who has never seen Teller. Sourced, after progress.sh.
# shellcheck disable=SC2154

# outcome_count NAME
outcome_count() { printf '%9d' "$(query "SELECT count(*) FROM teller.outcome WHERE outcome = '$1'")"; }

# summary_of_run: to standard output; everything before went to standard error.
summary_of_run() {
  local verdict=FAILED
  [ "$audit_status" -ne 0 ] || verdict='found nothing wrong'
  cat <<EOF

What happened
  $transfers records were sent, and $(decided) got exactly one outcome each:
  $(outcome_count applied)  applied     the money moved, once in this database
  $(outcome_count rejected)  rejected    a rule said no, and the reason is recorded
  $(outcome_count duplicate)  duplicate   sent again: the first result stands
  $(outcome_count dead)  dead        unreadable, or on the wrong partition: kept as a dead letter, never applied
  Worker 2 ($dead_owner) was killed with SIGKILL when $killed_after records were decided.
  $(seconds $((took_over - killed_at))) later others had its partitions:
$heirs
  From the first record to the last outcome: $(seconds $((drained_at - producing))).
  With starting, accounts and audit: $(seconds $(($(now_ms) - started))).
  The audit $verdict.
EOF
}
