#pragma once

#include <string_view>

#include "tests/unit/config/bad_text.h"

// More YAML whose `llm:` block is wrong: the second half of the table in bad_llm.h.

namespace tidegate::config {

using namespace std::string_view_literals;

inline const BadText kMoreBadLlm[] = {
    {"api_key_unset_variable",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"${TIDEGATE_TEST_UNSET}\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the environment variable TIDEGATE_TEST_UNSET is not set or empty; expected the key, "
     "${NAME} or file:/PATH"},
    {"api_key_bad_variable",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"${KEY\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: what follows ${ is no variable's name and }; expected ${NAME}, such as "
     "${TIDEGATE_API_KEY}"},
    {"api_key_empty_variable",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"${}\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: what follows ${ is no variable's name and }; expected ${NAME}, such as "
     "${TIDEGATE_API_KEY}"},
    {"api_key_no_file",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: file:/nonexistent/key\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key's file /nonexistent/key: it cannot be opened (No such file or directory); "
     "expected a file that this user can read"},
    {"api_key_directory",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: file:/\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key's file /: it is a directory; expected a regular file"},
    {"api_key_device",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: file:/dev/null\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key's file /dev/null: it is a pipe, socket or device; expected a regular file"},
    {"api_key_relative_file",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: file:KEY\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the path after file: is not absolute; expected file:/PATH"},
    {"api_key_credential",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: credential:KEY\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: credential: is not supported by version VERSION yet; expected the key, ${NAME} or "
     "file:/PATH"},
    {"api_key_keychain",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: keychain:KEY\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: keychain: is not supported by version VERSION yet; expected the key, ${NAME} or "
     "file:/PATH"},
    {"api_key_exec",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"exec:echo KEY\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: exec: is not supported by version VERSION yet; expected the key, ${NAME} or "
     "file:/PATH"},
    {"model_missing",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"sv,
     "3:5: llm.openapi.model: the key is missing; expected the name of a model, such as gpt-4"},
    {"model_null",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: null\n"sv,
     "5:5: llm.openapi.model: nothing stands here; expected the name of a model, such as gpt-4"},
    {"model_empty",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: \"\"\n"sv,
     "5:12: llm.openapi.model: the text is empty; expected a text of 1 to 256 bytes"},
    {"model_list",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: [gpt-4]\n"sv,
     "5:12: llm.openapi.model: a list stands here; expected the name of a model, such as gpt-4"},
    {"timeout_quoted",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: \"30000\"\n"sv,
     "6:14: llm.openapi.timeout: a number in quotes stands here; expected milliseconds or a duration such as 500ms, "
     "30s, 10m or 24h, from 1ms to 24h"},
    {"timeout_zero",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 0\n"sv,
     "6:14: llm.openapi.timeout: the duration is out of range; expected milliseconds or a duration such as 500ms, 30s, "
     "10m or 24h, from 1ms to 24h"},
    {"timeout_negative",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: -1\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_float",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 1.5\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_octal",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 010\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_hex",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 0x10\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_exponent",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 3e4\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_unit",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 30sec\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_long",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 25h\n"sv,
     "6:14: llm.openapi.timeout: the duration is out of range; expected milliseconds or a duration such as 500ms, 30s, "
     "10m or 24h, from 1ms to 24h"},
    {"timeout_overflow",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: 99999999999999999999\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_bool",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: yes\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_null",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: ~\n"sv,
     "6:5: llm.openapi.timeout: nothing stands here; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"timeout_key",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    timeout: KEY\n"sv,
     "6:14: llm.openapi.timeout: this is no duration; expected milliseconds or a duration such as 500ms, 30s, 10m or "
     "24h, from 1ms to 24h"},
    {"unknown_in_openapi",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"
     "    apikey: KEY\n"sv,
     "6:5: llm.openapi.apikey: unknown key, did you mean \"apiKey\"; expected one of baseUrl, apiKey, model, timeout"},
    {"misplaced_key",
     "llm:\n"
     "  apiKey: KEY\n"sv,
     "2:3: llm.apiKey: unknown key here, did you mean llm.openapi.apiKey; expected one of provider, openapi"},
    {"unknown_top", "GUIDEgatway: {}\n"sv,
     "8:1: gatway: unknown key, did you mean \"gateway\"; expected one of llm, gateway, upstream, queue, retry, log"},
    {"secret_as_key", "GUIDEKEY: 1\n"sv,
     "8:1: ?: unknown key; expected one of llm, gateway, upstream, queue, retry, log"},
};

}  // namespace tidegate::config
