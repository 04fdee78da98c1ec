/// The engine's invariants (I4, I5, I8, I12 of the README), over the public views.
public enum EngineAudit {
  /// In the order of their numbers.
  public static let checks: [AuditCheck] = [i4, i5, i8, i12]

  /// Per incarnation and partition: outcomes and gaps cover [start_offset, next_offset), each once.
  static let i4 = AuditCheck(
    "I4", "no lost or extra offset",
    sql: """
      with covered as (
        select topic, incarnation, partition, "offset" as first_offset, "offset" as last_offset, outcome as what
          from teller.outcome
        union all
        select topic, incarnation, partition, first_offset, last_offset, 'gap' from teller.gap
        union all
        select topic, incarnation, partition, next_offset, next_offset - 1, 'end' from teller.partition_owner),
      chained as (
        select *, lag(last_offset) over (partition by topic, incarnation, partition
                                         order by first_offset, last_offset) as before
          from covered)
      select topic, incarnation, partition, c.first_offset as "offset", c.what,
             coalesce(c.before + 1, o.start_offset) as expected_offset, o.start_offset, o.next_offset
        from chained c left join teller.partition_owner o using (topic, incarnation, partition)
       where c.first_offset is distinct from coalesce(c.before + 1, o.start_offset)
          or (c.what <> 'end' and c.last_offset >= o.next_offset)
      """)

  /// And every repeat points at it, and at nothing later in the serial order.
  static let i5 = AuditCheck(
    "I5", "one first decision a key",
    sql: """
      with first_decision as (
        select topic, idempotency_key, incarnation, partition, "offset", outcome, code, batch
          from teller.outcome where first_offset is null and outcome in ('applied', 'rejected')
           and code is distinct from 'idempotency_key_reused'),
      repeated as (
        select topic, idempotency_key, incarnation, partition, "offset", batch,
               first_incarnation, first_partition, first_offset, first_outcome, first_code
          from teller.outcome where first_offset is not null or outcome = 'duplicate' or code = 'idempotency_key_reused')
      select 'several first decisions' as what, topic, idempotency_key, null::int4 as incarnation, null::int4 as partition,
             null::int8 as "offset", count(*)::text as found
        from first_decision group by topic, idempotency_key having count(*) > 1
      union all
      select 'points at no first decision before it', topic, idempotency_key, r.incarnation, r.partition, r."offset",
             concat_ws(' ', r.first_partition, r.first_offset, r.first_outcome, r.first_code)
        from repeated r left join first_decision f using (topic, idempotency_key)
       where (f.incarnation, f.partition, f."offset", f.outcome, f.code) is distinct from
             (r.first_incarnation, r.first_partition, r.first_offset, r.first_outcome, r.first_code)
          or (f.batch, f."offset") >= (r.batch, r."offset")
      """)

  /// Within a partition the epoch never falls as the offset grows, nor exceeds the owner's.
  static let i8 = AuditCheck(
    "I8", "no zombie write",
    sql: """
      with stretch as (
        select topic, incarnation, partition, epoch, min("offset") as first_offset, max("offset") as last_offset
          from teller.outcome group by topic, incarnation, partition, epoch)
      select a.topic, a.incarnation, a.partition, a.epoch as lower_epoch, a.last_offset, b.epoch as higher_epoch, b.first_offset
        from stretch a join stretch b using (topic, incarnation, partition)
       where a.epoch < b.epoch and a.last_offset > b.first_offset
      union all
      select s.topic, s.incarnation, s.partition, s.epoch, s.last_offset, o.epoch, null
        from stretch s join teller.partition_owner o using (topic, incarnation, partition) where s.epoch is null or s.epoch > o.epoch
      """)

  /// Repeats whose fingerprint equals the first's are duplicates, all others are refused as reused.
  static let i12 = AuditCheck(
    "I12", "meaning",
    sql: """
      select topic, r.incarnation, r.partition, r."offset", idempotency_key, r.outcome, r.code
        from (select * from teller.outcome where first_offset is not null) r
        join (select topic, idempotency_key, fingerprint from teller.outcome where first_offset is null and outcome <> 'dead') f
             using (topic, idempotency_key)
       where (r.outcome = 'duplicate') is distinct from (r.fingerprint = f.fingerprint)
      """)
}
