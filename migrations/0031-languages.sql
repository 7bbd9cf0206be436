-- Nodes of the last version survive this: yes.

-- Which languages there are is said in contracts/languages.ts, and the server takes no others; here is only what a language looks like.
-- The default stays for nodes of the last version; those of this one say which languages are offered.
alter table rules drop constraint rules_languages_check;
alter table rules add constraint rules_languages_check
  check (cardinality(languages) between 1 and 100 and array_to_string(languages, ',', '?') ~ '^[a-z]{2,3}(,[a-z]{2,3})*$');
