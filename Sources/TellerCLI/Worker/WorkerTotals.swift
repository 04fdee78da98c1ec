import Teller

/// What one worker process did, from its first assignment to its last commit.
struct WorkerTotals: Sendable {
  private(set) var applied = 0
  private(set) var rejected = 0
  private(set) var duplicate = 0
  private(set) var dead = 0
  private(set) var batches = 0
  private var firstAssigned: Duration?
  private var lastCommitted: Duration?

  var records: Int { applied + rejected + duplicate + dead }

  var elapsed: Duration {
    guard let firstAssigned, let lastCommitted else { return .zero }
    return lastCommitted - firstAssigned
  }

  /// Records a second; 0 where nothing was done.
  var rate: Int { elapsed > .zero ? Int(Double(records) / (elapsed / .seconds(1))) : 0 }

  mutating func assigned(now: Duration) { firstAssigned = firstAssigned ?? now }

  mutating func committed(_ outcomes: BatchOutcomes, now: Duration) {
    let reused = outcomes.repeats.count { $0.isReuse }
    applied += outcomes.appliedCount
    rejected += outcomes.refusals.count + reused
    duplicate += outcomes.repeats.count - reused
    dead += outcomes.dead.count
    batches += 1
    lastCommitted = now
  }

  var text: String {
    let seconds = (elapsed / .seconds(1) * 10).rounded() / 10
    return """
      \(records) records in \(seconds) s (\(rate)/s), \(batches) batches: \
      \(applied) applied, \(rejected) rejected, \(duplicate) duplicate, \(dead) dead
      """
  }

  var json: JSONValue {
    .object([
      ("records", .integer(Int64(records))), ("applied", .integer(Int64(applied))),
      ("rejected", .integer(Int64(rejected))), ("duplicate", .integer(Int64(duplicate))),
      ("dead", .integer(Int64(dead))), ("batches", .integer(Int64(batches))),
      ("milliseconds", .integer(Int64(elapsed / .milliseconds(1)))),
      ("records_per_second", .integer(Int64(rate))),
    ])
  }
}
