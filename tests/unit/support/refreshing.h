// An engine with a login that can be refreshed.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "client_key.h"
#include "one_key.h"
#include "outcome.h"
#include "test_engine.h"

namespace swt::test {

class RefreshTest : public testing::Test {
 protected:
  // A new proof of this client's for the request that tests make.
  std::string proof(const ClientKey& key) {
    ProofFields fields;
    fields.timestamp = engine_.now.wall_s();
    fields.jti = "proof-" + std::to_string(++proofs_);
    return make_proof(key, fields);
  }
  std::string proof() { return proof(client_); }

  Grant login(std::string_view data = R"({"userId":"alice"})") { return *engine_.sign(login_request(data)); }
  Grant bound_login() {
    const std::string jwk = client_.jwk();
    return *engine_.sign(login_request(R"({"userId":"alice"})", jwk));
  }

  Result<Grant> refresh(std::string_view token) { return engine_.refresh(refresh_with(token)); }
  Result<Grant> refresh(std::string_view token, std::string_view with_proof) {
    return engine_.refresh(refresh_with(token, "", with_proof));
  }

  // Opened by the one key that test engines have.
  OpenedToken open(std::string_view token, TokenType type = TokenType::access) {
    Result<OpenedToken> opened = open_token(*token_key(), token, type, engine_.now.wall_s());
    EXPECT_EQ(status_of(opened), Status::ok);
    return opened ? *opened : OpenedToken{};
  }

  Status verified(const Grant& grant, std::string_view with_proof = "") {
    return status_of(engine_.verify(request_with(grant, with_proof)));
  }

  TestEngine engine_;
  ClientKey client_;

 private:
  int proofs_ = 0;
};

}  // namespace swt::test
