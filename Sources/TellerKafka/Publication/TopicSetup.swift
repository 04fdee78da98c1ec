// Makes topics what they shall be, as far as the brokers let us.

internal import Foundation
public import KafkaClient

/// Creates topics that are missing and looks at those that are there. Nothing that exists is changed.
public struct TopicSetup: Sendable {
  /// What was found of one topic, or done.
  public enum Finding: Equatable, Sendable {
    /// It was there, as wanted.
    case exists
    /// It was created now.
    case created
    /// It is not there, and was not to be created.
    case missing
    /// It is there with another number of partitions.
    case otherCount(Int32)
    /// It could not be created: what happened, and what to do.
    case refused(String)
  }

  /// How long the brokers may take to tell of a topic that was created.
  private static let tellingLimit = Duration.seconds(10)

  private let configuration: KafkaConfiguration
  private let timeout: Duration

  /// - Parameters:
  ///   - configuration: brokers and further properties; what only consumers know is left out.
  ///   - timeout: how long one question or order may take.
  public init(configuration: KafkaConfiguration, timeout: Duration = .seconds(10)) {
    self.configuration = configuration.forAdministration
    self.timeout = timeout
  }

  /// Fulfils orders, each as far as it goes; what has just been created is there for all brokers' clients when this
  /// returns. Another worker that creates the same topic at the same moment does no harm.
  ///
  /// - Parameter present: the topics that are there, as `topicPartitions` of some client told; nil: asked here.
  /// - Throws: what a client throws that no broker answers, or that is refused.
  public func fulfil(
    _ orders: [TopicOrder], present: [String: Int32]? = nil, isDryRun: Bool = false
  ) throws(KafkaError) -> [Finding] {
    var known = present ?? [:]
    if present != nil, orders.allSatisfy({ known[$0.name] == $0.partitions }) {
      return orders.map { _ in .exists }
    }
    let admin = try TopicAdmin(configuration, timeout: timeout)
    defer { admin.close() }
    known = try admin.topicPartitions()
    var findings: [Finding?] = orders.map { known[$0.name] == nil && isDryRun ? .missing : nil }
    for (index, order) in orders.enumerated() where known[order.name] == nil && !isDryRun {
      findings[index] = create(order, admin)
    }
    let open = orders.indices.filter { findings[$0] == nil || findings[$0] == .created }.map { orders[$0] }
    known = try settle(open, known, admin)
    return zip(orders, findings).map { order, finding in
      if let finding, finding != .created { return finding }
      guard let count = known[order.name], count > 0 else { return .refused(Self.unseen(order)) }
      return count == order.partitions ? finding ?? .exists : .otherCount(count)
    }
  }

  /// All topics that this user may see, and their numbers of partitions.
  public func present() throws(KafkaError) -> [String: Int32] {
    let admin = try TopicAdmin(configuration, timeout: timeout)
    defer { admin.close() }
    return try admin.topicPartitions()
  }

  /// The policy of a topic that removes records by key, as in `compact,delete`; nil where it does not, or nobody may
  /// know.
  public func compaction(of topic: String) throws(KafkaError) -> String? {
    let policy = try settings(of: [topic]).first?["cleanup.policy"]
    return policy.flatMap { $0.contains("compact") ? $0 : nil }
  }

  /// The settings of topics that exist, in the order of the names; empty where the broker cannot or may not tell.
  public func settings(of topics: [String]) throws(KafkaError) -> [[String: String]] {
    let admin = try TopicAdmin(configuration, timeout: timeout)
    defer { admin.close() }
    guard try admin.hasController() else { return topics.map { _ in [:] } }
    var all: [[String: String]] = []
    for topic in topics { all.append(try Self.settings(of: topic, admin)) }
    return all
  }

  private static func settings(of topic: String, _ admin: TopicAdmin) throws(KafkaError) -> [String: String] {
    do throws(KafkaError) {
      return try admin.topicConfiguration(topic)
    } catch {
      if error.isAboutRights || error.isBeyondBroker { return [:] }
      throw error
    }
  }

  /// Nil: somebody else was faster, and what is there has to be looked at.
  private func create(_ order: TopicOrder, _ admin: TopicAdmin) -> Finding? {
    do throws(KafkaError) {
      guard try admin.hasController() else { return .refused(Self.beyond(order)) }
      try admin.createTopic(
        order.name, partitions: order.partitions, replicas: order.replicas, config: order.settings)
      return .created
    } catch {
      if error.code == KafkaError.Code.topicAlreadyExists { return nil }
      return .refused(Self.refusal(of: order, error))
    }
  }

  /// Asks until all are told, with leaders: a controller answers before the brokers know.
  private func settle(
    _ orders: [TopicOrder], _ known: [String: Int32], _ admin: TopicAdmin
  ) throws(KafkaError) -> [String: Int32] {
    var known = known
    let deadline = ContinuousClock.now + Self.tellingLimit
    while orders.contains(where: { known[$0.name] ?? 0 == 0 }), ContinuousClock.now < deadline {
      known = try admin.topicPartitions()
      // Nothing signals this: the brokers tell one another.
      if orders.contains(where: { known[$0.name] ?? 0 == 0 }) { Thread.sleep(forTimeInterval: 0.1) }
    }
    return known
  }

  private static func unseen(_ order: TopicOrder) -> String {
    "the topic \(order.name) exists, and this user does not see it, or its partitions have no leaders: grant it "
      + "DESCRIBE and WRITE on the topic, and check that the brokers run"
  }

  private static func beyond(_ order: TopicOrder) -> String {
    "the topic \(order.name) is missing, and this broker creates none at a request: create it with "
      + "\(order.partitions) partitions (teller broker --topic \(order.name):\(order.partitions), beside its "
      + "others; or \(order.commandLine))"
  }

  private static func refusal(of order: TopicOrder, _ error: KafkaError) -> String {
    let missing = "the topic \(order.name) is missing (or this user may not DESCRIBE it)"
    if error.isAboutRights {
      return
        "\(missing), and the broker forbids creating it: grant this user CREATE, DESCRIBE and WRITE on it, "
        + "or have it created: \(order.commandLine)"
    }
    if error.isBeyondBroker { return beyond(order) }
    return "\(missing), and creating it failed, \(error.name): \(error.message): \(order.commandLine)"
  }
}

extension KafkaError {
  /// An access rule is in the way.
  var isAboutRights: Bool {
    code == Code.topicAuthorizationFailed || code == Code.clusterAuthorizationFailed
  }

  /// The embedded broker, and very old ones, know no such request.
  var isBeyondBroker: Bool { code == Code.unsupportedFeature || code == Code.unsupportedVersion }
}

extension KafkaConfiguration {
  /// Without what belongs to members of groups and to transactions: such clients only ask and order.
  var forAdministration: KafkaConfiguration {
    var all = self
    for name in ["group.id", "group.instance.id", "transactional.id"] { all.properties[name] = nil }
    return all
  }
}
