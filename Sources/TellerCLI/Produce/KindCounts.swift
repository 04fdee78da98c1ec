/// How many records of each kind were made, for the JSON of `teller produce`.
struct KindCounts {
  private var transfers: Int64 = 0
  private var nearDuplicates: Int64 = 0
  private var farDuplicates: Int64 = 0
  private var misrouted: Int64 = 0
  private var lines: Int64 = 0
  private var keyless: Int64 = 0
  private var poison: [String: Int64] = [:]

  /// Counts a generated record.
  mutating func add(_ kind: GeneratedRequest.Kind) {
    switch kind {
    case .transfer: transfers += 1
    case .nearDuplicate: nearDuplicates += 1
    case .farDuplicate: farDuplicates += 1
    case .misrouted: misrouted += 1
    case .poison(let shape): poison[shape.code, default: 0] += 1
    }
  }

  /// Counts a line of a file; one without a key can only become a dead letter.
  mutating func add(line key: [UInt8]?) {
    lines += 1
    if key == nil { keyless += 1 }
  }

  /// `poison` by the dead letter's code.
  var json: JSONValue {
    if lines > 0 { return ["lines": .integer(lines), "without_key": .integer(keyless)] }
    return [
      "transfer": .integer(transfers), "near_duplicate": .integer(nearDuplicates),
      "far_duplicate": .integer(farDuplicates), "misrouted": .integer(misrouted),
      "poison": .integer(poison.values.reduce(0, +)),
      "poison_by_code": .object(poison.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }),
    ]
  }
}
