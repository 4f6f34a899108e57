/** What labels may look like (apimachinery pkg/util/validation IsQualifiedName and IsValidLabelValue), in the words of the real server. */
const keyName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const keyRule = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${keyName}')`;
const valuePattern = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const valueText = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${valuePattern}')`;
const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const prefixText = `prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
/** Of the name part of a key, and of a value. */
const maxLength = 63;

const isName = new RegExp(`^${keyName}$`);
const isValue = new RegExp(`^${valuePattern}$`);
const isSubdomain = new RegExp(`^${subdomain}$`);

/** `name` or `prefix/name`; undefined: nothing is wrong. */
export function labelKeyError(key: string): string | undefined {
  const parts = key.split('/');
  if (parts.length > 2) {
    return `a valid label key ${keyRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  const [name = '', prefix] = parts.reverse();
  const errors: string[] = [];
  if (prefix === '') errors.push('prefix part must be non-empty');
  else if (prefix !== undefined && !isSubdomain.test(prefix)) errors.push(prefixText);
  if (name === '') errors.push('name part must be non-empty');
  else if (name.length > maxLength) errors.push(`name part must be no more than ${maxLength} bytes`);
  if (!isName.test(name)) errors.push(`name part ${keyRule}`);
  return errors.length === 0 ? undefined : errors.join('; ');
}

export function labelValueError(value: string): string | undefined {
  if (value.length > maxLength) return `must be no more than ${maxLength} bytes`;
  return isValue.test(value) ? undefined : valueText;
}
