// The composition root: what there is and how it is connected. What it does with it is in daemon_run.cpp.
#include "daemon/app/daemon.h"

#include <stdexcept>

#include "daemon/config/loader.h"

namespace tidegate::app {

Daemon::Daemon(DaemonOptions options, config::Snapshot first)
    : options_(std::move(options)),
      store_(std::move(first), std::chrono::system_clock::now()),
      reloader_(store_, [path = options_.config] { return config::load_file(path); }),
      upstream_(loop_.get_executor()),
      api_server_(
          loop_.get_executor(),
          [this](std::shared_ptr<http::Connection> connection) { return gateway_.serve(std::move(connection)); }),
      api_listeners_(api_server_, options_.runtime_dir / kApiSocketName),
      control_(control_sources()),
      control_server_(
          loop_.get_executor(),
          [this](std::shared_ptr<http::Connection> connection) { return control_.serve(std::move(connection)); }),
      logging_(options_.log_level),
      watcher_(loop_.get_executor(), options_.config, [this] { reload("the file changed"); }),
      network_(loop_.get_executor(),
               [this] {
                 observe::log_info("the network has changed, open connections to the proxy are left", {});
                 upstream_.network_changed();
               }),
      signals_(loop_.get_executor()),
      tasks_(loop_.get_executor()),
      housekeeping_wakeup_(loop_.get_executor()),
      drained_(loop_.get_executor()) {
  queue_.set_gate(gate_, loop_.get_executor());
  upstream_.on_network_change = [this] {
    gate_.network_changed();
    queue_.gate_changed();
  };
  // In the order of their dependence: what may fail for the user's reasons first.
  reloader_.subscribe(logging_);
  reloader_.subscribe(upstream_subscriber_);
  reloader_.subscribe(api_listeners_);
  reloader_.subscribe(limits_);
}

Daemon::~Daemon() = default;

control::Sources Daemon::control_sources() {
  return {.store = store_,
          .upstream = upstream_,
          .queue = queue_,
          .gate = gate_,
          .counters = counters_,
          .exchanges = exchanges_,
          .health = health_,
          .started = started_,
          .listening = [this] { return api_listeners_.addresses(); },
          .draining = [this] { return draining_; },
          .reload = [this] { return reload("the control socket"); },
          .drain = [this] { begin_drain("the control socket"); }};
}

// The first configuration goes the same way as every later one, with a failure that ends the start.
void Daemon::start() {
  std::vector<config::Subscriber*> all{&logging_, &upstream_subscriber_, &api_listeners_, &limits_};
  if (auto folder = platform::prepare_private_folder(options_.runtime_dir); !folder)
    throw std::runtime_error(folder.error().message);
  if (auto folder = platform::prepare_private_folder(options_.state_dir); !folder)
    throw std::runtime_error(folder.error().message);
  auto control = platform::UnixListener::open(options_.runtime_dir / kControlSocketName);
  if (!control) throw std::runtime_error(control.error().message);
  control_socket_ = std::move(*control);

  for (auto* subscriber : all)
    if (const auto refused = subscriber->prepare(*store_.current())) throw std::runtime_error(*refused);
  for (auto* subscriber : all) subscriber->commit(store_.current());

  http::Limits limits;
  limits.max_body = std::uint64_t{64} << 10;
  limits.max_connections = 64;
  control_server_.set_limits(limits);
  control_listener_ = std::make_unique<http::Listener>(control_server_, control_socket_->take_descriptor(), true);
  control_listener_->start();
  watcher_.start();
  network_.start();
  wait_for_signal();
}

}  // namespace tidegate::app
