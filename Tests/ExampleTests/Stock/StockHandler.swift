import PostgresClient
import Teller
import TellerPostgres

/// Moves stock: lock the shelves, decide by pure rules, write what changed.
struct StockHandler: JobHandler {
  let decoder: StockDecoder
  private var answer: PostgresTransaction.Ticket?
  private var onHand: [Shelf: Int64] = [:]
  private var moved: [(offset: Int64, movement: StockMovement)] = []

  init(topic: String) { decoder = StockDecoder(topic: topic) }

  func decode(key: RawSpan, value: RawSpan) -> Decoded<StockMovement> {
    decoder.decode(key: key, value: value)
  }

  // README: steps begins
  mutating func load(
    _ jobs: [BatchJob<StockMovement>], in transaction: PostgresTransaction
  ) throws(StoreFailure) {
    forget()
    let shelves = Array(Set(jobs.map(\.job.shelf)))
    answer = try transaction.send(StockStatements.lock) {
      $0.texts(shelves.map(\.sku))
      $0.texts(shelves.map(\.warehouse))
    }
  }

  mutating func loaded(in transaction: PostgresTransaction) throws(StoreFailure) -> LoadStep {
    guard let answer else { return .startOver }
    onHand = try transaction.read(answer) { rows throws(PostgresError) in
      var found: [Shelf: Int64] = [:]
      for row in 0..<rows.count {
        found[Shelf(sku: try rows.text(row, 0), warehouse: try rows.text(row, 1))] = try rows.int8(row, 2)
      }
      return found
    }
    return .complete
  }

  mutating func decide(_ job: BatchJob<StockMovement>) -> Decision {
    switch StockRules.decide(job.job, onHand: onHand[job.job.shelf] ?? 0) {
    case .rejected(let rejection): return .rejected(code: rejection.rawValue)
    case .moved(let left):
      onHand[job.job.shelf] = left
      moved.append((job.offset, job.job))
      return .applied
    }
  }

  // README: steps ends
  mutating func persist(_ commit: BatchCommit, in transaction: PostgresTransaction) throws(StoreFailure) {
    let moved = moved
    guard !moved.isEmpty else { return }
    let shelves = Array(Set(moved.map(\.movement.shelf)))
    let left = shelves.map { onHand[$0] ?? 0 }
    try transaction.send(StockStatements.store) {
      $0.texts(shelves.map(\.sku))
      $0.texts(shelves.map(\.warehouse))
      $0.int8s(count: left.count) { left[$0] }
    }
    try transaction.send(StockStatements.journal) {
      $0.int4(commit.partition.value)
      $0.int8s(count: moved.count) { moved[$0].offset }
      $0.texts(moved.map(\.movement.shelf.sku))
      $0.texts(moved.map(\.movement.shelf.warehouse))
      $0.int4s(count: moved.count) { moved[$0].movement.quantity }
    }
  }

  mutating func committed() { forget() }

  mutating func forget() { (answer, onHand, moved) = (nil, [:], []) }
}
