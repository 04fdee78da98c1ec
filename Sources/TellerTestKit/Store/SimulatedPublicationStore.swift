public import Teller

/// The publisher's session with the simulated database. It never waits for a transaction: cursors are rows of their own.
///
/// Faults strike at the steps `publication` and `publicationReconnect`.
public final class SimulatedPublicationStore: PublicationStore {
  private let database: SimulatedDatabase
  private let effects: SimulatedEffects?
  private var isConnected = true

  /// A session that is connected already.
  /// - Parameter effects: the handler's members of events; nil: there are none.
  public init(_ database: SimulatedDatabase, effects: SimulatedEffects? = .ledger) {
    self.database = database
    self.effects = effects
  }

  /// Reads the cursors of what is owned as given.
  public func openCursors(_ ownerships: [Ownership]) throws(StoreFailure) -> [PublicationCursor] {
    try ask { tables in
      ownerships.compactMap { ownership in
        guard let owner = tables.owners[ownership.id], owner.epoch == ownership.epoch,
          owner.owner == ownership.owner
        else { return nil }
        let published = tables.cursor(of: ownership.id).published
        return PublicationCursor(
          partition: ownership.id, published: published,
          previous: tables.lastDecided(below: published, of: ownership.id), decided: owner.nextOffset)
      }
    }
  }

  /// Moves the cursors that may move.
  public func move(_ wishes: [CursorMove]) throws(StoreFailure) -> Set<PartitionID> {
    try ask { tables in
      var moved: Set<PartitionID> = []
      for wish in wishes {
        let cursor = tables.cursor(of: wish.partition)
        guard let owner = tables.owners[wish.partition], owner.epoch == wish.epoch, owner.owner == wish.owner,
          cursor.epoch <= wish.epoch, cursor.published <= wish.published, wish.published <= owner.nextOffset
        else { continue }
        tables.cursors[wish.partition] = SimulatedCursorRow(epoch: wish.epoch, published: wish.published)
        moved.insert(wish.partition)
      }
      return moved
    }
  }

  /// Reads a range as the tables have it.
  public func decided(
    in range: Range<Int64>, of partition: PartitionID, rowsMax: Int
  ) throws(StoreFailure) -> [DecidedStretch] {
    try ask { tables in
      SimulatedDecidedReading(tables, partition, effects).stretches(in: range, rowsMax: max(rowsMax, 1))
    }
  }

  /// The histories up to the present one.
  public func histories() throws(StoreFailure) -> [Int32: UInt128] {
    try ask { tables in
      Dictionary(uniqueKeysWithValues: (1...tables.history).map { ($0, SimulatedTables.randomID(of: $0)) })
    }
  }

  /// Writes the reason into the cursors' rows.
  public func note(trouble: String, of partitions: [PartitionID]) throws(StoreFailure) {
    try ask { tables in
      for partition in partitions {
        var cursor = tables.cursor(of: partition)
        cursor.trouble = trouble
        tables.cursors[partition] = cursor
      }
    }
  }

  /// Stands again, unless a fault says otherwise.
  public func reconnect() throws(StoreFailure) {
    isConnected = false
    if database.faults.next(.publicationReconnect) != nil { throw Self.gone }
    isConnected = true
  }

  private static var gone: StoreFailure {
    StoreFailure(.disconnected(commitInDoubt: false), message: "simulated disconnect")
  }

  private func ask<Answer>(_ body: (inout SimulatedTables) -> Answer) throws(StoreFailure) -> Answer {
    guard isConnected else { throw Self.gone }
    switch database.faults.next(.publication) {
    case nil:
      var answer: Answer?
      database.change { answer = body(&$0) }
      if let answer { return answer }
      throw StoreFailure(.broken, message: "the simulated database gave no answer")
    case .failed(let kind): throw StoreFailure(kind, message: "simulated failure")
    case .commitLost(tookEffect: true):
      database.change { _ = body(&$0) }
      fallthrough
    case .disconnected, .commitLost:
      isConnected = false
      throw Self.gone
    }
  }
}

/// How the simulated tables tell a handler's members of outcome events.
public struct SimulatedEffects: Sendable {
  /// What the event says of a job that changed nothing.
  public let none: String
  /// The members of the applied job at a place; nil where the tables know of none.
  public let effect: @Sendable (SimulatedTables, Location) -> [UInt8]?

  /// Effects from their parts.
  public init(none: String, effect: @escaping @Sendable (SimulatedTables, Location) -> [UInt8]?) {
    self.none = none
    self.effect = effect
  }
}
