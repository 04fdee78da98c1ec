/// The answers outstanding in a pipeline, in the order in which the server gives them.
struct ExpectedResults {
  /// One outstanding answer.
  enum Item: Equatable {
    /// To a preparation: never shown to the caller.
    case preparation(name: String, attempt: Int)
    /// To a statement; the name is nil where it was sent as plain SQL.
    case statement(name: String?)
    /// To a Sync.
    case sync
  }

  private var items: [Item] = []
  private var head = 0
  /// Statements sent since the last Sync: the server may keep their answers until one is sent.
  private(set) var unsynced = 0

  var count: Int { items.count - head }
  /// A Sync is among the outstanding: every answer before it will come.
  var hasSync: Bool { count > unsynced }
  var first: Item? { head < items.count ? items[head] : nil }

  mutating func append(_ item: Item) {
    items.append(item)
    unsynced = item == .sync ? 0 : unsynced + 1
  }

  mutating func removeFirst() {
    guard head < items.count else { return }
    head += 1
    if head == items.count {
      items.removeAll(keepingCapacity: true)
      head = 0
    }
  }

  mutating func removeAll() {
    self = ExpectedResults()
  }
}
