public import Teller

/// A member's queue of one partition.
///
/// Like librdkafka it passes silently over offsets without a record, says once when it reached the end, and
/// goes on where it stands when the log under it is replaced by a longer one.
public final class SimulatedSource: PartitionSource {
  private struct State {
    var position: Int64?
    var endSaid: Int64?
    var failures: [LogFailure] = []
    var failuresBehind: [LogFailure] = []
    var wake: (@Sendable () -> Void)?
  }

  /// Kafka's partition number.
  public let partition: Int32
  private let broker: SimulatedBroker
  private let state = Signal(State())

  /// A queue that is read from nowhere until `seek`.
  public init(_ broker: SimulatedBroker, partition: Int32) {
    self.broker = broker
    self.partition = partition
  }

  /// The next record, or what there is instead of one.
  public func pop(into batch: inout RecordBatch) -> Popped {
    let log = broker.snapshot(partition)
    do throws(LogFailure) {
      try broker.answer(.pop)
    } catch {
      return .failed(error)
    }
    let (popped, record) = state.withLock { state in Self.next(&state, log) }
    if case .record(let offset) = popped, let record {
      record.append(to: &batch, at: offset)
    }
    return popped
  }

  /// Calls back whenever a record is written or the queue is moved.
  public func whenReadable(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

  /// Reads from an offset on, or from nowhere.
  public func seek(_ offset: Int64?) {
    state.withLock { state in
      state.position = offset
      state.endSaid = nil
    }
    readable()
  }

  /// A bug of the client: the queue moves without handing anything out.
  public func lose(_ count: Int64) { state.withLock { $0.position = ($0.position ?? 0) + count } }

  /// The next pops fail so.
  public func fail(_ failures: LogFailure...) { state.withLock { $0.failures += failures } }

  /// The pop behind the next record fails so.
  public func failBehindNextRecord(_ failure: LogFailure) {
    state.withLock { $0.failuresBehind.append(failure) }
  }

  /// Where the queue stands, nil where it is not read.
  public var position: Int64? { state.withLock { $0.position } }

  func readable() { state.withLock { $0.wake }?() }

  private static func next(
    _ state: inout State, _ log: SimulatedBroker.Partition
  ) -> (Popped, SimulatedRecord?) {
    if !state.failures.isEmpty { return (.failed(state.failures.removeFirst()), nil) }
    guard let position = state.position else { return (.empty, nil) }
    guard position >= log.low, position <= log.end else {
      let text = "offset \(position) is not in \(log.low) to \(log.end)"
      return (.failed(LogFailure(.outOfRange, code: "_AUTO_OFFSET_RESET", message: text)), nil)
    }
    if let offset = log.next(from: position) {
      state.position = offset + 1
      state.failures += state.failuresBehind
      state.failuresBehind = []
      return (.record(offset), log.records[offset])
    }
    state.position = log.end
    guard state.endSaid != log.end else { return (.empty, nil) }
    state.endSaid = log.end
    return (.end(log.end), nil)
  }
}

extension SimulatedRecord {
  /// Copies the record into a batch, as a client does.
  func append(to batch: inout RecordBatch, at offset: Int64) {
    batch.append(offset: offset, timestamp: timestamp, headers: headers) { bytes in
      bytes += key ?? []
      bytes += value ?? []
      return (key?.count ?? -1, value?.count ?? -1)
    }
  }
}
