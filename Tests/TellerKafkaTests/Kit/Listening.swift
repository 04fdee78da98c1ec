// Waiting for what a log and its sources have to say.

import Dispatch
import KafkaClient
import Teller
import Testing

@testable import TellerKafka

extension LogEvent {
  var assigned: [Int32]? { if case .assigned(let partitions) = self { partitions.sorted() } else { nil } }
  var revokedLost: Bool? { if case .revoked(let lost) = self { lost } else { nil } }
  var disturbed: String? { if case .disturbed(let why) = self { why } else { nil } }
  var trouble: LogFailure? { if case .trouble(let failure) = self { failure } else { nil } }
  var fatal: LogFailure? { if case .fatal(let failure) = self { failure } else { nil } }
}

extension KafkaLog {
  /// Polls until an event has what is wanted; nil, and a failed test, after 40 s.
  func hear<Part>(_ part: (LogEvent) -> Part?) -> Part? {
    let deadline = ContinuousClock.now + .seconds(40)
    while ContinuousClock.now < deadline {
      if let event = poll(timeout: .milliseconds(100)), let found = part(event) { return found }
    }
    Issue.record("the event did not come")
    return nil
  }

  /// Joins, and is given partitions.
  func joined() throws -> [Int32] {
    try join()
    return hear(\.assigned) ?? []
  }

  /// Joins alone and reads partition 0 from an offset.
  func reading(from offset: Int64) throws -> KafkaSource {
    #expect(try joined() == [0])
    let source = try source(for: 0)
    try assign([PartitionStart(partition: 0, offset: offset)])
    return source
  }
}

/// What a source gave until it ended.
struct Drained {
  var batch = RecordBatch()
  var offsets: [Int64] = []
  var end: Int64?
  var failure: LogFailure?
}

extension KafkaSource {
  /// Pops until the end that is wanted (any, if nil) or a failure, waiting for the queue's own signal in between.
  func drain(to wanted: Int64? = nil) -> Drained {
    let readable = DispatchSemaphore(value: 0)
    whenReadable { readable.signal() }
    var drained = Drained()
    while true {
      switch pop(into: &drained.batch) {
      case .record(let offset): drained.offsets.append(offset)
      case .end(let end):
        drained.end = end
        if wanted == nil || wanted == end { return drained }
      case .failed(let failure):
        drained.failure = failure
        return drained
      case .empty:
        if readable.wait(timeout: .now() + 30) == .timedOut {
          Issue.record("the queue fell silent")
          return drained
        }
      }
    }
  }
}

extension KafkaSource {
  /// Gives nothing. Asked several times: what is left of a former assignment may come between as an empty pop.
  var isSilent: Bool {
    var batch = RecordBatch()
    return (0..<20).allSatisfy { _ in
      if case .empty = pop(into: &batch) { true } else { false }
    }
  }
}
