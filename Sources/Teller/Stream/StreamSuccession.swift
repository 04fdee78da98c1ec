/// Whether the next incarnation of a stream may follow the open one. Pure.
///
/// Adopting the same log again would read its history a second time, or skip what is not decided yet: so it has to be
/// another log, by the proof of the anchors or, where they prove nothing, by the person's word.
public struct StreamSuccession: Equatable, Sendable {
  /// The person says that the topic moved to this cluster.
  public let allowsOtherCluster: Bool
  /// The number that the person gave the next incarnation, as a word that it is another log; nil: found out.
  public let next: Int32?

  /// What the person allows.
  public init(allowsOtherCluster: Bool = false, next: Int32? = nil) {
    self.allowsOtherCluster = allowsOtherCluster
    self.next = next
  }

  /// Why the next incarnation may not follow; nil: it may.
  ///
  /// - Parameter log: the comparison of today's log with what was decided.
  public func refusal(
    after open: OpenIncarnation, sighting: StreamSighting, log: LogComparison
  ) -> StreamRefusal? {
    let known = open.identity
    let name = "topic \(known.topic)"
    if let next, next != known.incarnation + 1 {
      return .otherStream(
        "\(name) stands in incarnation \(known.incarnation), so the next one is \(known.incarnation + 1), not \(next)",
        hint: "See teller stream show --topic \(known.topic).")
    }
    if sighting.clusterID != known.clusterID {
      guard !allowsOtherCluster else { return nil }
      return .otherStream(
        "\(name) belongs to Kafka cluster \(known.clusterID), but the brokers given are cluster \(sighting.clusterID)",
        hint: """
          Point --brokers at the cluster the stream was adopted from. If the topic moved for good, say so with \
          --other-cluster: this cluster's log is then the next incarnation, and the old one is closed.
          """)
    }
    switch log {
    case .other: return nil
    case .same:
      if next != nil, !open.hasDecided { return nil }
      return sameLog(open, sighting)
    case .mixed(let same, let other):
      if next != nil { return nil }
      return .otherStream(
        """
        \(name): \(other.count) of its logs are other ones (\(Self.words(other))), and \(same.count) are the same as \
        before: the topic was not recreated as a whole
        """,
        hint: """
          Where one log was truncated, see teller partition. If the topic was recreated and a worker had decided some of \
          it before it noticed, stop the workers and say so: --next-incarnation \(known.incarnation + 1).
          """)
    case .unproven:
      if next != nil { return nil }
      return .otherStream(
        """
        \(name) is adopted already, as incarnation \(known.incarnation), and nothing that was decided is in its log to \
        compare
        """,
        hint: """
          Start a worker: it goes on where the stream stands (teller stream show). If the topic was recreated, say so: \
          --next-incarnation \(known.incarnation + 1).
          """)
    }
  }

  private func sameLog(_ open: OpenIncarnation, _ sighting: StreamSighting) -> StreamRefusal {
    let known = open.identity
    let count = sighting.logRanges.count
    if count != Int(known.partitionCount) {
      return .otherStream(
        "topic \(known.topic) is the same log, grown from \(known.partitionCount) partitions to \(count)",
        hint: """
          Keys may hash elsewhere by now. Publish to a topic of another name, or drain, delete and recreate this one, \
          and adopt it then.
          """)
    }
    return .otherStream(
      """
      it is the same log: topic \(known.topic) is adopted already, as incarnation \(known.incarnation), cluster \
      \(known.clusterID), \(known.partitionCount) partitions, partitioner \(known.placement.name), group \(known.group)
      """,
      hint: open.hasDecided
        ? """
        Start a worker: it goes on where the stream stands (teller stream show). Adopted again it would repeat or skip \
        history.
        """
        : """
        Start a worker: it begins where the stream stands (teller stream show). Nothing is decided yet: to begin \
        elsewhere, say so with --next-incarnation \(known.incarnation + 1).
        """)
  }

  private static func words(_ other: [Int32: String]) -> String {
    let parts = other.sorted { $0.key < $1.key }.prefix(3).map { "partition \($0.key): \($0.value)" }
    return parts.joined(separator: "; ") + (other.count > 3 ? "; …" : "")
  }
}
