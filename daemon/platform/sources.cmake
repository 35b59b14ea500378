list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher.cpp network_watcher.cpp network_watcher_state.cpp process_hardening.cpp settle_timer.cpp unix_socket.cpp
     unix_socket_folder.cpp watch_plan.cpp)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher_inotify.cpp memory_tuning_glibc.cpp network_watcher_netlink.cpp peer_credentials_linux.cpp process_hardening_linux.cpp
       rss_linux.cpp sleep_detector_linux.cpp service_manager_systemd.cpp)
else()
  list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher_kqueue.cpp memory_tuning_none.cpp network_watcher_route.cpp peer_credentials_bsd.cpp process_hardening_other.cpp
       rss_macos.cpp sleep_detector_macos.cpp service_manager_none.cpp)
endif()
