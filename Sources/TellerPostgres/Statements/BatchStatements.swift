internal import PostgresClient

/// The engine's statements of a batch, in the order in which they run. Hot: their plans are checked with EXPLAIN.
enum BatchStatements {
  /// Fails with TL001 where the writer is not the owner at that offset.
  static let fence = Statement(
    "teller_fence", "select teller.fence($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    .int4, .int8, .text, .int8, .int8, .int8, .bytea, .int8, .bytea)

  /// Plain: cheapest, and fails where a key exists. `generate_series` with subscripts beats `unnest` by a tenth, for
  /// columns of fixed width.
  static let claim = Statement(
    "teller_claim", "\(insertUUIDKeys)",
    .int4, .int4, .int8Array, .uuidArray, .uuidArray, .int2)

  static let claimCarefully = Statement(
    "teller_claim_carefully", "\(insertUUIDKeys) on conflict (key, stream) do nothing",
    .int4, .int4, .int8Array, .uuidArray, .uuidArray, .int2)

  /// With the text of natural keys: `unnest`, since subscripts into an array of texts cost its length each.
  static let claimWithText = Statement(
    "teller_claim_text", "\(insertTextKeys)",
    .int4, .int4, .int8Array, .uuidArray, .uuidArray, .int2, .textArray)

  static let claimWithTextCarefully = Statement(
    "teller_claim_text_carefully", "\(insertTextKeys) on conflict (key, stream) do nothing",
    .int4, .int4, .int8Array, .uuidArray, .uuidArray, .int2, .textArray)

  /// A statement of its own after a careful claim: its snapshot sees what the claim had to wait for.
  static let claimed = Statement(
    "teller_claimed",
    """
    select fingerprint, fingerprint_version, partition_id, "offset" from teller.dedup
     where stream = $1 and key = any($2) order by key
    """, .int4, .uuidArray)

  static let sequence = Statement("teller_sequence", "select nextval('teller.batch_sequence')")

  /// Tells the history that decided, which the row takes by its default.
  static let batch = Statement(
    "teller_batch",
    """
    insert into teller.batch (partition_id, first_offset, next_offset, epoch, sequence, decided_at)
    values ($1, $2, $3, $4, $5, $6) returning history
    """, .int4, .int8, .int8, .int8, .int8, .timestamptz)

  static let refusals = Statement(
    "teller_refusals",
    """
    insert into teller.refusal (partition_id, "offset", code)
    select $1, u.at, u.code from unnest($2, $3) as u (at, code)
    """, .int4, .int8Array, .textArray)

  /// Tells for each repeat what was decided first. Behind the refusals: those of the same batch are seen by then, and
  /// those of another one are, since the claim of the key has waited for it.
  static let repeats = Statement(
    "teller_repeats",
    """
    insert into teller.repeat (partition_id, "offset", key, fingerprint, fingerprint_version, first_partition_id,
                               first_offset, is_reuse)
    select $1, u.at, u.key, u.fingerprint, u.version, u.first_partition, u.first_at, u.reuse
      from unnest($2, $3, $4, $5, $6, $7, $8)
        as u (at, key, fingerprint, version, first_partition, first_at, reuse)
    returning "offset",
      (select r.code from teller.refusal r where r.partition_id = first_partition_id and r."offset" = first_offset),
      (select p.incarnation from teller.partition p where p.id = first_partition_id),
      (select p.partition from teller.partition p where p.id = first_partition_id),
      first_offset
    """, .int4, .int8Array, .uuidArray, .uuidArray, .int2Array, .int4Array, .int8Array, .boolArray)

  static let deadLetters = Statement(
    "teller_dead_letters",
    """
    insert into teller.dead_letter (partition_id, "offset", code, reason, idempotency_key, key_text,
                                    record_timestamp, record_key, record_value, headers)
    select $1, u.at, u.code, u.reason, u.key, u.key_text, u.time, u.record_key, u.record_value, u.headers::json
      from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
        as u (at, code, reason, key, key_text, time, record_key, record_value, headers)
    """, .int4, .int8Array, .textArray, .textArray, .uuidArray, .textArray, .int8Array, .byteaArray,
    .byteaArray, .textArray)

  static let gaps = Statement(
    "teller_gaps",
    """
    insert into teller.confirmed_gap (partition_id, first_offset, last_offset, cause)
    select $1, u.first, u.last, $4 from unnest($2, $3) as u (first, last)
    """, .int4, .int8Array, .int8Array, .text)

  /// What became of a COMMIT without an answer: the lock waits for the old backend to end.
  static let resolve = Statement(
    "teller_resolve",
    "select epoch, owner, next_offset from teller.owner where partition_id = $1 for update", .int4)

  private static let insertUUIDKeys = """
    insert into teller.dedup (partition_id, stream, "offset", key, fingerprint, fingerprint_version)
    select $1, $2, ($3)[i], ($4)[i], ($5)[i], $6 from generate_series(1, cardinality($3)) as i
    """

  private static let insertTextKeys = """
    insert into teller.dedup (partition_id, stream, "offset", key, fingerprint, fingerprint_version, key_text)
    select $1, $2, u.at, u.key, u.fingerprint, $6, u.key_text
      from unnest($3, $4, $5, $7) as u (at, key, fingerprint, key_text)
    """
}
