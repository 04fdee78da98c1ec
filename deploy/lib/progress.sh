# shellcheck shell=bash
# What the database says about the run, through Teller's public views only. Sourced, after postgres.sh.
# shellcheck disable=SC2154,SC2034

owners_before=
heirs=
dead_owner=

# decided: how many records have an outcome.
decided() { query 'SELECT coalesce(sum(next_offset - start_offset), 0) FROM teller.partition_owner'; }

decided_at_least() { [ "$(decided)" -ge "$1" ]; }

# A partition that nobody has owned yet has an empty owner.
owner_count() { query "SELECT count(DISTINCT owner) FROM teller.partition_owner WHERE owner <> ''"; }

# A first worker owns all until the others have joined; only then is there one to kill that has some.
three_workers_share_the_partitions() { every_partition_is_owned && [ "$(owner_count)" = 3 ]; }

every_partition_is_owned() {
  [ "$(query "SELECT count(*) FROM teller.partition_owner WHERE owner <> ''")" = "$partitions" ]
}

# owners: one line for each owner, 'NAME|PARTITIONS'.
owners() {
  query "SELECT owner, string_agg(partition::text, ', ' ORDER BY partition)
    FROM teller.partition_owner WHERE owner <> '' GROUP BY owner ORDER BY owner"
}

owners_line() {
  owners | sed 's/^\(.*\)|\(.*\)$/\1 has partitions \2/' | paste -s -d ';' | sed 's/;/; /g'
}

# The killed worker is the owner of before that owns nothing any more. A rebalance may move partitions of the
# living too, but each of them keeps some, and an owner's row changes only when somebody takes it over.
the_dead_owner() {
  comm -23 <(cut -d'|' -f1 <<<"$owners_before" | sort) <(owners | cut -d'|' -f1 | sort)
}

the_dead_owner_is_replaced() { every_partition_is_owned && [ -n "$(the_dead_owner)" ]; }

# note_takeover: keeps who died and who has its partitions now; sets dead_owner and heirs.
note_takeover() {
  local lost
  dead_owner=$(the_dead_owner | paste -s -d ' ')
  lost=$(grep -F "$dead_owner|" <<<"$owners_before" | cut -d'|' -f2)
  heirs=$(query "SELECT '    partition ' || partition || ' -> ' || owner || ' (epoch ' || epoch || ')'
    FROM teller.partition_owner WHERE partition IN ($lost) ORDER BY partition")
}

# teller produce --count counts all records, the repeated and the broken ones too.
drained() { [ "$(decided)" -ge "$transfers" ]; }

# now_ms: milliseconds, for the durations in the summary.
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# seconds MILLISECONDS: with one decimal.
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }
