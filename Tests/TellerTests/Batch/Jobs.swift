@testable import Teller

/// Jobs for tests of the batch: `key` and `meaning` are small numbers.
func job(_ offset: Int64, key: Int, meaning: Int = 0) -> BatchJob<String> {
  BatchJob(
    offset: offset, job: "job \(offset)", key: IdempotencyKey(bits: UInt128(key)),
    fingerprint: Fingerprint(bits: UInt128(meaning), version: 1), record: Int(offset))
}
