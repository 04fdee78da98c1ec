# shellcheck shell=bash
# A real Kafka broker of its own from KAFKA_HOME, in a folder of its own. Sourced, after say.sh.

kafka_pid=

# free_port: a port nobody listens on now. /dev/tcp connects, so a refusal means free.
free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no free port found"
}

kafka_properties() {
  cat <<EOF
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$1,CONTROLLER://127.0.0.1:$2
advertised.listeners=PLAINTEXT://127.0.0.1:$1
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$2
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=$3
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
EOF
}

kafka_says_started() { grep -q 'Kafka Server started' "$1" || ! kill -0 "$kafka_pid" 2>/dev/null; }

# start_kafka FOLDER: a new one-broker cluster in FOLDER. Sets TELLER_BROKERS and kafka_pid.
start_kafka() {
  local folder=$1 port controller
  [ -x "${KAFKA_HOME:-}/bin/kafka-server-start.sh" ] ||
    fail "KAFKA_HOME must name an unpacked Apache Kafka 4 (with bin/kafka-server-start.sh); it is '${KAFKA_HOME:-}'"
  export KAFKA_HEAP_OPTS=-Xmx512m LOG_DIR="$folder/logs"
  port=$(free_port)
  controller=$(free_port)
  kafka_properties "$port" "$controller" "$folder/data" >"$folder/server.properties"
  "$KAFKA_HOME/bin/kafka-storage.sh" format -t "$("$KAFKA_HOME/bin/kafka-storage.sh" random-uuid)" \
    -c "$folder/server.properties" >"$folder/format.log" 2>&1 ||
    { cat "$folder/format.log" >&2; fail "kafka-storage.sh format"; }
  : >"$folder/server.log"
  "$KAFKA_HOME/bin/kafka-server-start.sh" "$folder/server.properties" >"$folder/server.log" 2>&1 </dev/null &
  kafka_pid=$!
  wait_until 60 kafka_says_started "$folder/server.log" || true
  grep -q 'Kafka Server started' "$folder/server.log" ||
    { tail -n 20 "$folder/server.log" >&2; fail "the Kafka broker did not start"; }
  export TELLER_BROKERS="127.0.0.1:$port"
}

# create_topic NAME PARTITIONS
create_topic() {
  "$KAFKA_HOME/bin/kafka-topics.sh" --bootstrap-server "$TELLER_BROKERS" --create \
    --topic "$1" --partitions "$2" --replication-factor 1 >&2
}
