// The records of one partition, popped one at a time: librdkafka 2.0.2's batch call loses records.

internal import CLibrdkafka
import Synchronization

/// The queue of one assigned partition. Any thread may pop; one at a time does. A lock, 20 ns when
/// uncontended, keeps a release on another thread from taking the queue out of a pop's hands.
public final class PartitionQueue: Sendable {
  /// What a pop brought.
  public enum Popped: Sendable, Equatable {
    /// A record, which `take` has seen.
    case record
    /// The end of the partition: `offset` is where the next record will be, trailing markers included.
    case end(offset: Int64)
    /// Reading met an error; after `autoOffsetReset` it has stopped until the next `assign`.
    case error(KafkaError)
    /// Nothing is there now, or the queue was released.
    case empty
  }

  private struct Slot: ~Copyable, Sendable {
    var queue: Owned<QueueResource>?
    var wake: WakeCallback?
  }

  /// The topic's name.
  public let topic: String
  /// The partition.
  public let partition: Int32
  private let slot: Mutex<Slot>
  private let client: ClientHandle  // Keeps the rd_kafka_t until the queue is gone.

  init(_ owner: consuming Owned<QueueResource>, client: ClientHandle, topic: String, partition: Int32) {
    slot = Mutex(Slot(queue: consume owner))
    self.client = client
    self.topic = topic
    self.partition = partition
  }

  deinit { release() }

  /// Takes one message if one is there, without waiting. A record is lent to `take` and gone afterwards.
  /// `take` must not call this queue. Allocates nothing for a record.
  public func pop(_ take: (borrowing Record) -> Void) -> Popped {
    slot.withLock { slot in
      guard let queue = unsafe slot.queue?.pointer else { return .empty }
      guard let message = unsafe rd_kafka_consume_queue(queue, 0) else { return .empty }
      return Self.open(unsafe Record(message), take)
    }
  }

  /// Messages waiting, records and others; 0 after release.
  public var count: Int {
    slot.withLock { slot in
      guard let queue = unsafe slot.queue?.pointer else { return 0 }
      return unsafe rd_kafka_queue_length(queue)
    }
  }

  /// Calls back whenever the empty queue gets a message, from librdkafka's threads and under its lock:
  /// the callback may only signal, never call into this module. At once if something is there already.
  /// Replaces an earlier callback; ends with `release`.
  public func whenReadable(_ callback: @escaping @Sendable () -> Void) {
    let waiting = slot.withLock { slot -> Bool in
      guard let queue = unsafe slot.queue?.pointer else { return false }
      let wake = WakeCallback(callback)
      // Replaced under librdkafka's lock of the queue, so the former callback is not running afterwards.
      unsafe rd_kafka_queue_cb_event_enable(
        queue, { _, opaque in unsafe WakeCallback.run(opaque) }, Unmanaged.passUnretained(wake).toOpaque())
      slot.wake = wake
      return unsafe rd_kafka_queue_length(queue) > 0
    }
    if waiting { callback() }
  }

  /// Lets the queue go; later pops bring nothing. Must not be called from `take`. Closing the consumer does it too.
  public func release() {
    slot.withLock { slot in
      if let queue = unsafe slot.queue?.pointer {
        unsafe rd_kafka_queue_cb_event_enable(queue, nil, nil)
      }
      slot.wake = nil
      slot.queue = nil
    }
  }

  // A function of its own: a span read from a local noncopyable variable costs a heap box a record.
  private static func open(_ record: consuming Record, _ take: (borrowing Record) -> Void) -> Popped {
    switch record.code {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      take(record)
      return .record
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      return .end(offset: record.offset)
    default:
      return .error(record.error)
    }
  }
}

/// What librdkafka calls back; its queue holds it until the callback is taken off.
private final class WakeCallback: Sendable {
  private let callback: @Sendable () -> Void

  init(_ callback: @escaping @Sendable () -> Void) { self.callback = callback }

  static func run(_ opaque: UnsafeMutableRawPointer?) {
    guard let opaque = unsafe opaque else { return }
    unsafe Unmanaged<WakeCallback>.fromOpaque(opaque).takeUnretainedValue().callback()
  }
}
