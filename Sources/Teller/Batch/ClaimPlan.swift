/// Which jobs of a batch are the first of their key, and which repeat one. Pure.
struct ClaimPlan: Sendable {
  /// A job's part in the batch.
  enum Role: Equatable, Sendable {
    /// The first of its key here: index into `claims`.
    case claim(Int)
    /// Repeats the job that holds that claim.
    case repeats(claim: Int)
    /// Repeats one that an earlier commit decided.
    case known(KnownKey)
  }

  /// A role for each job, in the jobs' order.
  private(set) var roles: [Role] = []
  /// The claims sorted by key: the same order in every process, so that two batches that want the same keys queue
  /// up instead of deadlocking (unsorted: 77 deadlocks in 4 seconds).
  private(set) var claims: [KeyClaim] = []

  init<Job>(_ jobs: [BatchJob<Job>], recent: RecentKeys) {
    roles.reserveCapacity(jobs.count)
    claims.reserveCapacity(jobs.count)
    var firsts: [UInt128: Int] = [:]
    firsts.reserveCapacity(jobs.count)
    for job in jobs {
      if let known = recent[job.key] {
        roles.append(.known(known))
      } else if let first = firsts[job.key.bits] {
        roles.append(.repeats(claim: first))
      } else {
        firsts[job.key.bits] = claims.count
        roles.append(.claim(claims.count))
        claims.append(KeyClaim(key: job.key, fingerprint: job.fingerprint, offset: job.offset))
      }
    }
    sortClaims()
  }

  private mutating func sortClaims() {
    let order = claims.indices.sorted { claims[$0].key.bits < claims[$1].key.bits }
    var place = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = new }
    claims = order.map { claims[$0] }
    for index in roles.indices {
      switch roles[index] {
      case .claim(let old): roles[index] = .claim(place[old])
      case .repeats(let old): roles[index] = .repeats(claim: place[old])
      case .known: break
      }
    }
  }
}
