/// What must be proved about the log before a batch of it may be committed.
extension PartitionWriter {
  /// Anchors are verified anew every 30 s and after every disturbance.
  func proveLog() throws(WorkStop) {
    while context.now() - verifiedAt >= AnchorVerification.age
      || verifiedDisturbance != context.signals.disturbance
    {
      // Read before the anchors are: a disturbance in between asks for another round.
      let disturbance = context.signals.disturbance
      let finding = try askLog { () throws(LogFailure) in
        try AnchorVerification.verify(
          keeper.anchors, next: next, range: context.log.range(of: ownership.partition),
          partition: ownership.partition, reader: context.reader)
      }
      switch finding {
      case .other(let reason): throw .halted(reason)
      case .same: context.report(.anchorsVerified(partition: ownership.partition, expired: false))
      case .expired: context.report(.anchorsVerified(partition: ownership.partition, expired: true))
      }
      keeper.verified()
      hasUnverifiedCommits = false
      verifiedDisturbance = disturbance
      verifiedAt = context.now()
    }
  }

  /// A gap is never applied over before a second, group-less reading of the batch's range shows the same holes: once
  /// per batch, however many gaps it has (a transactional producer leaves one per transaction).
  func confirmGaps(_ records: RecordBatch) throws(WorkStop) {
    guard !intake.gaps.isEmpty else { return }
    let range = next..<intake.expected
    let answer = try askLog { () throws(LogFailure) -> LogScan? in
      do throws(LogFailure) {
        return try context.reader.scan(range, of: ownership.partition)
      } catch {
        guard error.kind == .outOfRange else { throw error }
        return nil
      }
    }
    guard let scan = answer else {
      // The range has left the log, wholly or in part. If the position has too, the proof of the log says so.
      context.signals.disturb()
      try proveLog()
      throw .reread("the log does not hold all of \(range) any more")
    }
    guard scan.confirms(gaps: intake.gaps, of: range) else {
      if scan.low > range.lowerBound {
        throw .halted(
          "offsets from \(range.lowerBound) on left the log before they were decided (it begins at \(scan.low))"
        )
      }
      throw .reread("the holes \(intake.gaps) were not there on a second reading of \(range)")
    }
    context.report(.gapsConfirmed(partition: ownership.partition, count: intake.gaps.count))
  }

  /// A record is misrouted by its hash only if the partition count, read later than the record, is still the one the
  /// stream was adopted with.
  func proveCount() throws(WorkStop) {
    let adopted = context.stream.partitionCount
    let count = try askLog { () throws(LogFailure) in
      guard let count = try context.log.partitionCount(), count >= adopted else {
        throw LogFailure(
          .transient, code: "metadata", message: "the broker does not know all of the topic now")
      }
      return count
    }
    guard count == adopted else {
      throw .streamHalted(GrowthCheck.reason(context.stream, count: count))
    }
  }

  /// Asks the broker until it answers, the partition is taken away, or the answer is final.
  private func askLog<Answer>(_ question: () throws(LogFailure) -> Answer) throws(WorkStop) -> Answer {
    var attempt = 0
    while true {
      do throws(LogFailure) {
        return try question()
      } catch {
        if error.kind == .fatal { throw .logFatal(error) }
        if isRevoked() { throw .revoked }
        attempt += 1
        context.report(.trouble("partition \(ownership.partition): \(error)"))
        pause(BatchRecovery.backoff(attempt, first: .milliseconds(20), most: .seconds(1)))
      }
    }
  }
}

/// Notices that a topic has another number of partitions than it was adopted with.
enum GrowthCheck {
  static func reason(_ stream: StreamIdentity, count: Int32?) -> String {
    guard let count else { return "topic \(stream.topic) no longer exists on the broker" }
    return """
      topic \(stream.topic) was adopted with \(stream.partitionCount) partitions and now has \(count): \
      keys may hash elsewhere, so nothing more is decided
      """
  }
}
