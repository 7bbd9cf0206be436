import { type Language, languages } from '../../../contracts/languages.ts'
import { builtInProfiles } from '../../../contracts/permissions.ts'
import { nameFault, nameKey } from '../../platform/name.ts'
import { readTexts, type Translate } from '../../platform/text.ts'

/** A profile's name as people read it: those of the built-in profiles are translated, own ones are as they were typed. */
export function shownProfileName(t: Translate, name: string): string {
  return Object.hasOwn(builtInProfiles, name) ? t(`profiles:${name.toLowerCase()}`) : name
}

/** The names of the built-in profiles in every language: an own profile with one of them could be taken for it. */
const reserved = new Set(
  (Object.keys(languages) as Language[]).flatMap((language) =>
    Object.values(readTexts(language).profiles as Record<string, string>).map(nameKey),
  ),
)

/** What is wrong with the name of an own profile; whether another one has it is for the database. */
export function profileNameFault(
  name: string,
): 'required' | 'name_too_long' | 'name_unseen_character' | 'name_reserved' | undefined {
  return nameFault(name) ?? (reserved.has(nameKey(name)) ? 'name_reserved' : undefined)
}
