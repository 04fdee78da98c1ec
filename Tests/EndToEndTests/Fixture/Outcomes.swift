import PostgresClient

/// One row of `teller.outcome`.
struct OutcomeRow: Equatable {
  let outcome: String
  let code: String?
  let first: Place?
  let firstOutcome: String?
  let firstCode: String?
  let epoch: Int64
  /// The batch's number in the serial order.
  let sequence: Int64
}

/// All decisions of a topic as the read contract shows them.
struct Outcomes {
  private(set) var rows: [Place: OutcomeRow] = [:]
  /// Offsets that the view shows more than once.
  private(set) var repeated: [Place] = []
  private(set) var gaps: Set<Place> = []

  init(of scenario: Scenario, in books: Books) throws {
    let found = try books.rows(
      """
      select partition, "offset", outcome, code, first_partition, first_offset, first_outcome, first_code, epoch, batch
        from teller.outcome where topic = '\(scenario.topic)'
      """)
    for row in 0..<found.count {
      let place = Place(partition: try found.int4(row, 0), offset: try found.int8(row, 1))
      let firstPartition = try found.optional(row, 4, found.int4)
      let firstOffset = try found.optional(row, 5, found.int8)
      let outcome = OutcomeRow(
        outcome: try found.text(row, 2), code: try found.optional(row, 3, found.text),
        first: firstPartition.flatMap { partition in
          firstOffset.map { Place(partition: partition, offset: $0) }
        },
        firstOutcome: try found.optional(row, 6, found.text),
        firstCode: try found.optional(row, 7, found.text),
        epoch: try found.int8(row, 8), sequence: try found.int8(row, 9))
      if rows.updateValue(outcome, forKey: place) != nil { repeated.append(place) }
    }
    let holes = try books.rows(
      "select partition, first_offset, last_offset from teller.gap where topic = '\(scenario.topic)'")
    for row in 0..<holes.count {
      for offset in try holes.int8(row, 1)...holes.int8(row, 2) {
        gaps.insert(Place(partition: try holes.int4(row, 0), offset: offset))
      }
    }
  }

  /// How many of each outcome.
  var counts: [String: Int] { rows.values.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 } }

  /// Places at which a smaller epoch decided than at an offset before.
  var fallenEpochs: [Place] {
    var fallen: [Place] = []
    var highest: [Int32: Int64] = [:]
    for place in rows.keys.sorted() {
      guard let epoch = rows[place]?.epoch else { continue }
      if epoch < highest[place.partition] ?? 0 { fallen.append(place) }
      highest[place.partition] = max(epoch, highest[place.partition] ?? 0)
    }
    return fallen
  }
}
