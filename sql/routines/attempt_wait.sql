-- Owned by server/authenticators/passwords.
-- Until when an account waits after so many wrong passwords in a row; null while it need not.
create or replace function attempt_wait(failures integer, free_failures integer, first_seconds integer, longest_seconds integer)
returns timestamptz language sql volatile
return case when failures > free_failures
  then clock_timestamp() + make_interval(secs => least(longest_seconds, first_seconds * power(2, least(20, failures - free_failures - 1))))
end;
