// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled in Swift 6 mode with explicit imports and no warnings.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

/// The targets that touch C add strict memory safety: each unsafe expression is marked, with a reason.
let wrapper: [SwiftSetting] = strict + [.strictMemorySafety()]

let package = Package(
  name: "teller",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "teller", targets: ["TellerCLI"]),
    .library(name: "Teller", targets: ["Teller", "TellerKafka", "TellerPostgres"]),
    .library(name: "Ledger", targets: ["Ledger", "LedgerKafka", "LedgerPostgres"]),
    .library(name: "KafkaClient", targets: ["KafkaClient"]),
    .library(name: "PostgresClient", targets: ["PostgresClient"]),
  ],
  targets: [
    // C libraries, from Debian's packages.
    .systemLibrary(
      name: "CLibrdkafka", pkgConfig: "rdkafka",
      providers: [.apt(["librdkafka-dev"]), .brew(["librdkafka"])]),
    .systemLibrary(
      name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),

    // Swift over C: small, synchronous, knowing nothing of jobs.
    .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: wrapper),
    .target(name: "KafkaClient", dependencies: ["CLibrdkafka"], swiftSettings: wrapper),
    .target(name: "PostgresClient", dependencies: ["CLibpq"], swiftSettings: wrapper),

    // The engine and the first handler: rules and state machines, no I/O.
    .target(name: "Teller", dependencies: ["Digests"], swiftSettings: strict),
    .target(name: "Ledger", dependencies: ["Teller", "Digests"], swiftSettings: strict),

    // Adapters: they only translate.
    .target(name: "TellerKafka", dependencies: ["Teller", "KafkaClient"], swiftSettings: strict),
    .target(
      name: "TellerPostgres", dependencies: ["Teller", "PostgresClient", "Digests"],
      resources: [.embedInCode("Migrations")], swiftSettings: strict),
    .target(
      name: "LedgerPostgres",
      dependencies: ["Ledger", "Teller", "TellerPostgres", "PostgresClient"],
      resources: [.embedInCode("Migrations")], swiftSettings: strict),
    .target(
      name: "LedgerKafka", dependencies: ["Ledger", "Teller", "KafkaClient"], swiftSettings: strict),

    // Small modules that know nothing of Teller.
    .target(name: "CommandTable", swiftSettings: strict),
    .target(name: "EventLog", swiftSettings: strict),

    // The program.
    .executableTarget(
      name: "TellerCLI",
      dependencies: [
        "CommandTable", "EventLog", "Teller", "Ledger", "TellerKafka", "TellerPostgres",
        "LedgerPostgres", "KafkaClient", "PostgresClient", "Digests",
      ], swiftSettings: strict),

    // Test kits: a pure one, and one that starts real servers.
    .target(name: "TellerTestKit", dependencies: ["Teller", "Ledger"], swiftSettings: strict),
    .target(
      name: "TellerIntegrationKit", dependencies: ["KafkaClient", "PostgresClient"],
      swiftSettings: strict),

    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: strict),
    .testTarget(
      name: "KafkaClientTests", dependencies: ["KafkaClient", "Teller", "TellerIntegrationKit"],
      swiftSettings: strict),
    .testTarget(
      name: "PostgresClientTests", dependencies: ["PostgresClient", "TellerIntegrationKit"],
      swiftSettings: strict),
    .testTarget(
      name: "TellerTests", dependencies: ["Teller", "Ledger", "TellerTestKit"], swiftSettings: strict),
    .testTarget(
      name: "LedgerTests", dependencies: ["Ledger", "Teller", "Digests", "TellerTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "TellerKafkaTests",
      dependencies: ["TellerKafka", "Teller", "KafkaClient", "TellerIntegrationKit"],
      swiftSettings: strict),
    .testTarget(
      name: "TellerPostgresTests",
      dependencies: [
        "TellerPostgres", "Teller", "PostgresClient", "TellerTestKit", "TellerIntegrationKit",
      ], swiftSettings: strict),
    .testTarget(
      name: "LedgerPostgresTests",
      dependencies: [
        "LedgerPostgres", "TellerPostgres", "Ledger", "Teller", "PostgresClient", "TellerTestKit",
        "TellerIntegrationKit",
      ], swiftSettings: strict),
    .testTarget(
      name: "LedgerKafkaTests",
      dependencies: ["LedgerKafka", "Ledger", "Teller", "TellerKafka", "KafkaClient"],
      swiftSettings: strict),
    .testTarget(name: "CommandTableTests", dependencies: ["CommandTable"], swiftSettings: strict),
    .testTarget(name: "EventLogTests", dependencies: ["EventLog"], swiftSettings: strict),
    .testTarget(
      name: "ExampleTests",
      dependencies: [
        "Teller", "TellerKafka", "TellerPostgres", "KafkaClient", "PostgresClient", "Digests",
        "TellerIntegrationKit",
      ], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TellerCLI", "Teller", "Ledger", "TellerKafka", "TellerPostgres", "LedgerPostgres",
        "KafkaClient", "PostgresClient", "TellerIntegrationKit",
      ], exclude: ["Services/service.py", "Services/service.sh"], swiftSettings: strict),
    // Its Python scripts run in a child process; the files they check are those of Sources/Contract.
    .testTarget(
      name: "ContractTests",
      dependencies: ["Teller", "Ledger", "Digests", "KafkaClient", "TellerIntegrationKit"],
      exclude: ["contract.py"], swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
