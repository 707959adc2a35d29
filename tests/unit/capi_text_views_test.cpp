// Text views are followed by a NUL that their length does not count, wherever the text came from.
#include <gtest/gtest.h>

#include <string>

#include "support/recorder.h"

namespace swt {
namespace {

using test::text;
using test::view;

TEST(CapiTextViews, OfAnEventEndWithANul) {
  test::Recorder recorder;
  const test::Store store = test::new_store();
  const test::EngineHandle engine = test::audited_engine(recorder, store.get());
  const test::GrantHandle grant = test::login(engine.get());
  const std::string session = text(swt_grant_session_id(grant.get()));
  const std::string behind = session + "-and more in the caller's buffer";
  int seen = 0;
  recorder.then = [&](const swt_event* event) {
    for (const swt_bytes bytes : {swt_event_session_id(event), swt_event_json(event)}) {
      ++seen;
      EXPECT_EQ(bytes.data[bytes.len], 0) << swt_event_name(event);
    }
  };
  EXPECT_EQ(test::verify(engine.get(), test::new_verify_request(grant.get())), SWT_OK);
  EXPECT_EQ(swt_revoke(engine.get(), view(std::string_view(behind).substr(0, session.size()))), SWT_OK);
  EXPECT_EQ(seen, 4);
}

TEST(CapiTextViews, OfClaimsEndWithANul) {
  const test::EngineHandle engine = test::new_engine();
  const test::GrantHandle grant = test::sign(engine.get());
  const swt_verify_request request = test::new_verify_request(grant.get());
  swt_claims* claims = nullptr;
  ASSERT_EQ(swt_verify(engine.get(), &request, &claims), SWT_OK);
  const test::ClaimsHandle owner(claims);
  EXPECT_EQ(text(swt_claims_data(claims)), R"({"userId":"alice"})");
  for (const swt_bytes bytes : {swt_claims_payload(claims), swt_claims_data(claims), swt_claims_token_id(claims),
                                swt_claims_user_id(claims), swt_claims_session_id(claims)}) {
    EXPECT_EQ(bytes.data[bytes.len], 0) << text(bytes);
  }
}

}  // namespace
}  // namespace swt
