#pragma once

#include <string_view>

#include "tests/unit/config/bad_text.h"

// YAML whose `llm:` block is wrong.

namespace tidegate::config {

using namespace std::string_view_literals;

inline const BadText kBadLlm[] = {
    {"no_llm", "queue: {}\n"sv,
     "1:1: llm.openapi.baseUrl: the key is missing; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"llm_null", "llm:\n"sv,
     "2:1: llm.openapi.baseUrl: the key is missing; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"llm_text", "llm: KEY\n"sv, "1:6: llm: a single value stands here; expected a mapping with provider, openapi"},
    {"llm_list", "llm: [KEY]\n"sv, "1:6: llm: a list stands here; expected a mapping with provider, openapi"},
    {"openapi_missing",
     "llm:\n"
     "  provider: openapi\n"sv,
     "2:3: llm.openapi.baseUrl: the key is missing; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"openapi_text",
     "llm:\n"
     "  openapi: KEY\n"sv,
     "2:12: llm.openapi: a single value stands here; expected a mapping with baseUrl, apiKey, model, timeout"},
    {"wrong_provider",
     "llm:\n"
     "  provider: openai\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "2:13: llm.provider: unknown value, did you mean \"openapi\"; expected openapi"},
    {"strange_provider",
     "llm:\n"
     "  provider: KEY\n"sv,
     "2:13: llm.provider: unknown value; expected openapi"},
    {"provider_list",
     "llm:\n"
     "  provider: [openapi]\n"sv,
     "2:13: llm.provider: a list stands here; expected openapi"},
    {"provider_null",
     "llm:\n"
     "  provider:\n"
     "  openapi: {}\n"sv,
     "2:3: llm.provider: nothing stands here; expected openapi"},
    {"base_url_missing",
     "llm:\n"
     "  openapi:\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:5: llm.openapi.baseUrl: the key is missing; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_empty",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL is empty; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_no_scheme",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: p.example/v1\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL's scheme is missing or unknown; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_ftp",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: ftp://p.example/v1\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL's scheme is missing or unknown; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_is_key",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: KEY\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL's scheme is missing or unknown; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_no_host",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https:///v1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL has no host; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_port_zero",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: https://p.example:0/v1\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL's port is not valid; expected a port from 1 to 65535"},
    {"base_url_query",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: https://p.example/v1?key=KEY\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL has a query or fragment; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_fragment",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1#a\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL has a query or fragment; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_user",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: https://u:KEY@p.example/v1\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL has a user name or an @; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1, and the key in apiKey"},
    {"base_url_blank",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v 1\"\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL has a blank or a character that must be percent-encoded; expected an http:// "
     "or https:// URL such as https://proxy.example.com/v1"},
    {"base_url_number",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: 8080\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: the URL's scheme is missing or unknown; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"base_url_mapping",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: {url: x}\n"
     "    apiKey: \"KEY\"\n"
     "    model: gpt-4\n"sv,
     "3:14: llm.openapi.baseUrl: a mapping stands here; expected an http:// or https:// URL such as "
     "https://proxy.example.com/v1"},
    {"api_key_missing",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    model: gpt-4\n"sv,
     "3:5: llm.openapi.apiKey: the key is missing; expected the key, ${NAME} or file:/PATH"},
    {"api_key_null",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \n"
     "    model: gpt-4\n"sv,
     "4:5: llm.openapi.apiKey: nothing stands here; expected the key, ${NAME} or file:/PATH"},
    {"api_key_empty",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key is empty; expected the key, ${NAME} or file:/PATH"},
    {"api_key_blank",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY x\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key has a blank, a control character or a character outside ASCII; expected "
     "visible ASCII characters"},
    {"api_key_non_ascii",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: \"KEY\xc3\xa9\"\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: the key has a blank, a control character or a character outside ASCII; expected "
     "visible ASCII characters"},
    {"api_key_mapping",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: {KEY: KEY}\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: a mapping stands here; expected the key, ${NAME} or file:/PATH"},
    {"api_key_list",
     "llm:\n"
     "  openapi:\n"
     "    baseUrl: \"https://p.example/v1\"\n"
     "    apiKey: [KEY]\n"
     "    model: gpt-4\n"sv,
     "4:13: llm.openapi.apiKey: a list stands here; expected the key, ${NAME} or file:/PATH"},
};

}  // namespace tidegate::config
