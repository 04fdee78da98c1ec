import Foundation

/// Does what the publisher must wait for: reads cursors and tables, moves cursors, looks after the output topics. Each
/// request is answered once; after a failure the publisher asks again.
final class PublicationStoreThread: Sendable {
  /// A question of the publisher.
  enum Request: Sendable {
    case prepare
    case open([Ownership], generation: Int)
    case fetch(Ownership, Range<Int64>, generation: Int)
    case move([CursorMove])
    case histories
    case note(String, [PartitionID])
  }

  /// What came of it.
  enum Answer: Sendable {
    case prepared(String?)
    case opened([PublicationCursor], generation: Int)
    case fetched(Ownership, [DecidedBatch], generation: Int)
    case moved([CursorMove], Set<PartitionID>)
    case histories([Int32: UInt128])
    /// In words; nothing came of the request.
    case failed(Request, String)
  }

  private struct Inbox {
    var requests: [Request] = []
    var isClosed = false
    var isDone = false
  }

  private let inbox = Monitor(Inbox())
  private let answer: @Sendable (Answer) -> Void

  init(answer: @escaping @Sendable (Answer) -> Void) { self.answer = answer }

  func ask(_ request: Request) { inbox.withLock { $0.requests.append(request) } }

  func close(within limit: Duration) -> Bool {
    inbox.withLock { $0.isClosed = true }
    return inbox.wait(for: limit) { $0.isDone ? true : nil } ?? false
  }

  /// Reads a range from the tables and the log.
  typealias Reading = (any PublicationStore, Ownership, Range<Int64>) throws -> [DecidedBatch]

  /// - Parameter makeReading: called on the thread, so that what reads may have a memory.
  func start(
    sink: any EventSink, makeStore: @escaping @Sendable () -> any PublicationStore,
    makeReading: @escaping @Sendable () -> Reading
  ) {
    let thread = Thread { [self] in
      Background.enter()
      let store = makeStore()
      let catchUp = makeReading()
      while let request = next() {
        do {
          try answer(serve(request, store, sink, catchUp))
        } catch {
          answer(.failed(request, "\(error)"))
          mend(store, after: error)
        }
      }
      inbox.withLock { $0.isDone = true }
    }
    thread.name = "teller-publication-store"
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func next() -> Request? {
    while true {
      let request: Request?? = inbox.wait(for: .seconds(1)) { inbox in
        if !inbox.requests.isEmpty { return .some(inbox.requests.removeFirst()) }
        return inbox.isClosed ? .some(nil) : nil
      }
      if let request { return request }
    }
  }

  private func serve(
    _ request: Request, _ store: any PublicationStore, _ sink: any EventSink, _ catchUp: Reading
  ) throws -> Answer {
    switch request {
    case .prepare: return .prepared(sink.prepare())
    case .open(let ownerships, let generation):
      return .opened(try store.openCursors(ownerships), generation: generation)
    case .fetch(let ownership, let range, let generation):
      return .fetched(ownership, try catchUp(store, ownership, range), generation: generation)
    case .move(let wishes): return .moved(wishes, try store.move(wishes))
    case .histories: return .histories(try store.histories())
    case .note(let trouble, let partitions):
      try store.note(trouble: trouble, of: partitions)
      return .moved([], [])
    }
  }

  private func mend(_ store: any PublicationStore, after failure: any Error) {
    guard let failure = failure as? StoreFailure, case .disconnected = failure.kind else { return }
    // What a failed attempt says is said again by the next request.
    try? store.reconnect()
  }
}
