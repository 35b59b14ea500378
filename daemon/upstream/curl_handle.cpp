#include "daemon/upstream/curl_handle.h"

#include <new>

#include "daemon/upstream/curl_multi.h"
#include "daemon/upstream/curl_transfer.h"

namespace tidegate::upstream {

CurlHandle::CurlHandle(CurlMulti& multi, std::shared_ptr<const PreparedOptions> options)
    : multi_(multi), options_(std::move(options)), easy_(curl_easy_init()) {
  if (easy_ == nullptr) throw std::bad_alloc();
  options_->apply(easy_);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, error_text_.data());
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, CurlTransfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, CurlTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, CurlTransfer::on_request_start);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, CurlMulti::on_open_socket);
  curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, CurlMulti::on_close_socket);
  // The multi, not this: pooled connections are closed long after their handle is gone.
  curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, &multi_);
}

CurlHandle::~CurlHandle() { curl_easy_cleanup(easy_); }

void CurlHandle::set_receive_buffer(long bytes) {
  if (std::exchange(receive_buffer_, bytes) != bytes) curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, bytes);
}

void CurlHandle::set_upload_buffer(long bytes) {
  if (std::exchange(upload_buffer_, bytes) != bytes) curl_easy_setopt(easy_, CURLOPT_UPLOAD_BUFFERSIZE, bytes);
}

void CurlHandle::set_method(std::string_view method) {
  if (method_ == method) return;
  method_ = method;
  curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, method_.c_str());
}

}  // namespace tidegate::upstream
