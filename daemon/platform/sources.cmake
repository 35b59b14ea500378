list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher.cpp process_hardening.cpp settle_timer.cpp unix_socket.cpp
     unix_socket_folder.cpp watch_plan.cpp)
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher_inotify.cpp memory_tuning_glibc.cpp peer_credentials_linux.cpp process_hardening_linux.cpp
       rss_linux.cpp service_manager_systemd.cpp)
else()
  list(APPEND TIDEGATE_PLATFORM_SOURCES file_watcher_kqueue.cpp memory_tuning_none.cpp peer_credentials_bsd.cpp process_hardening_other.cpp
       rss_macos.cpp service_manager_none.cpp)
endif()
