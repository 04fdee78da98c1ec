/// Whether the log is still the one that was read before: at takeover, every 30 s, and before the next commit after any
/// disturbance.
enum AnchorVerification {
  static let age = Duration.seconds(30)

  /// What a verification found.
  enum Finding: Equatable {
    /// Both anchors stand as they stood, or there is none yet.
    case same
    /// An anchor has left the log by retention, the position has not: accepted, and noted.
    case expired
    /// It is another log, or the position is not in it.
    case other(String)
  }

  static func verify(
    _ anchors: Anchors, next: Int64, range: Range<Int64>, partition: Int32, reader: some LogReader
  ) throws(LogFailure) -> Finding {
    if next < range.lowerBound {
      return .other(
        """
        offsets \(next) to \(range.lowerBound - 1) left the log before they were decided (retention); \
        the log begins at \(range.lowerBound)
        """)
    }
    if next > range.upperBound {
      return .other(
        """
        the log ends at \(range.upperBound), before the committed position \(next): \
        the topic was truncated or recreated
        """)
    }
    var finding = Finding.same
    for anchor in [anchors.checkpoint, anchors.last].compactMap(\.self) {
      guard anchor.offset >= range.lowerBound else {
        finding = .expired
        continue
      }
      guard try reader.anchor(at: anchor.offset, of: partition) == anchor else {
        return .other(
          """
          the record at offset \(anchor.offset) is not the one that was decided: \
          the topic was recreated or its log replaced\(suspects(from: anchor.offset + 1, to: next))
          """)
      }
    }
    return finding
  }

  /// What was decided since the anchor may be of the one log or of the other, and the person must know which it is.
  private static func suspects(from first: Int64, to next: Int64) -> String {
    first < next ? "; offsets \(first) to \(next - 1), decided since, may be of either log" : ""
  }
}
