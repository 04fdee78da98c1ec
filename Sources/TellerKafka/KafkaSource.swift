// One partition's fetched records, poured into the engine's batches.

internal import KafkaClient
public import Teller

/// The queue of one partition. Made by `KafkaLog.source(for:)`; gives nothing once a later one took its place.
public final class KafkaSource: PartitionSource {
  private let queue: PartitionQueue

  init(_ queue: PartitionQueue) { self.queue = queue }

  /// Takes one record, without waiting. Its bytes are copied once, into the batch; nothing is allocated for it
  /// but what the batch's own buffers need to grow.
  public func pop(into batch: inout RecordBatch) -> Popped {
    var offset: Int64 = -1
    let popped = queue.pop { record in
      offset = record.offset
      Self.append(record, to: &batch)
    }
    switch popped {
    case .record: return .record(offset)
    case .end(let end): return .end(end)
    case .empty: return .empty
    case .error(let error): return .failed(LogFailure(error))
    }
  }

  /// Calls back when the queue turns from empty to readable, and at once if it is readable already.
  /// The callback comes from librdkafka's threads, under a lock of theirs: it may only signal.
  public func whenReadable(_ wake: @escaping @Sendable () -> Void) { queue.whenReadable(wake) }

  /// Lets the queue go: later pops bring nothing and nobody is called back.
  func release() { queue.release() }

  static func append(_ record: borrowing Record, to batch: inout RecordBatch) {
    let key = record.keyIsNull ? -1 : record.keyLength
    let value = record.valueIsNull ? -1 : record.valueLength
    let headers = record.headers().map { RecordHeader(name: $0.name, value: $0.value) }
    batch.append(offset: record.offset, timestamp: record.timestamp, headers: headers) { bytes in
      record.appendKey(to: &bytes)
      record.appendValue(to: &bytes)
      return (keyLength: key, valueLength: value)
    }
  }
}
