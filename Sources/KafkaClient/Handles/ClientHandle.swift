// A shared rd_kafka_t. Calls that are under way keep it; `shut` refuses further calls and waits for them.

internal import CLibrdkafka
import Dispatch
import Synchronization

/// Shared by a client and the queues it gave away: exactly one noncopyable owner behind a lock.
final class ClientHandle: Sendable {
  private struct Slot: ~Copyable, Sendable {
    var owner: Owned<ClientResource>?
    var users = 0
    var isShut = false
    var drained: DispatchSemaphore?
  }

  /// The bare handle, counted as in use while it is outside the lock.
  @safe
  private struct Borrowed: @unchecked Sendable {  // rd_kafka_t is thread-safe (rdkafka.h).
    let pointer: OpaquePointer
  }

  private let slot: Mutex<Slot>
  /// What the C callbacks of this client point at: it must outlive the rd_kafka_t.
  private let context: (any AnyObject & Sendable)?

  init(_ owner: consuming Owned<ClientResource>, context: (any AnyObject & Sendable)?) {
    slot = Mutex(Slot(owner: consume owner))
    self.context = context
  }

  deinit { destroy() }

  /// Runs one call on the handle; nil when the client was shut. May be called from every thread at once.
  @safe
  func use<Result: ~Copyable>(_ call: (OpaquePointer) -> Result) -> Result? {
    guard let borrowed = enter() else { return nil }
    defer { leave() }
    return unsafe call(borrowed.pointer)
  }

  /// As `use`, but a shut client is an error.
  @safe
  func require<Result: ~Copyable>(
    _ call: (OpaquePointer) throws(KafkaError) -> Result
  ) throws(KafkaError) -> Result {
    guard let borrowed = enter() else { throw .closed }
    defer { leave() }
    return try unsafe call(borrowed.pointer)
  }

  /// Refuses further calls. Returns false if the client was shut before: then somebody else destroys it.
  func shut() -> Bool {
    slot.withLock { slot in
      if slot.isShut { return false }
      slot.isShut = true
      return true
    }
  }

  /// Waits until the calls under way have returned. Only after `shut`, and only once.
  func waitForCalls() {
    let semaphore = slot.withLock { slot -> DispatchSemaphore? in
      if slot.users == 0 { return nil }
      let semaphore = DispatchSemaphore(value: 0)
      slot.drained = semaphore
      return semaphore
    }
    semaphore?.wait()
  }

  /// One last call by the thread that shut the client.
  @safe
  func finish(_ call: (OpaquePointer) -> Void) {
    let borrowed = slot.withLock { slot -> Borrowed? in
      guard let pointer = unsafe slot.owner?.pointer else { return nil }
      return unsafe Borrowed(pointer: pointer)
    }
    if let borrowed { unsafe call(borrowed.pointer) }
  }

  /// Destroys the rd_kafka_t; the caller has made sure that no call is under way. May block.
  func destroy() {
    // Destroyed outside the lock: librdkafka joins its threads here.
    _ = slot.withLock { slot in slot.owner.take() }
  }

  private func enter() -> Borrowed? {
    slot.withLock { slot in
      guard !slot.isShut, let pointer = unsafe slot.owner?.pointer else { return nil }
      slot.users += 1
      return unsafe Borrowed(pointer: pointer)
    }
  }

  private func leave() {
    slot.withLock { slot in
      slot.users -= 1
      if slot.users == 0 { slot.drained?.signal() }
    }
  }
}
