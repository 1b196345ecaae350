using System.Text.Json;

namespace Yunnao.Formats.Fhir;

/// <summary>An element of FHIR XML as its JSON will be: a value, or an object whose repeated members are arrays.</summary>
internal sealed class XmlPart(string? value)
{
    private List<(string Name, List<XmlPart> Parts)>? _members;

    public void Add(string name, XmlPart part)
    {
        _members ??= [];

        // Repetitions follow each other in FHIR XML, so the last member is where to look.
        if (_members.Count > 0 && _members[^1].Name == name) _members[^1].Parts.Add(part);
        else _members.Add((name, [part]));
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        if (value is not null)
        {
            json.WriteStringValue(value);
            return;
        }

        json.WriteStartObject();
        foreach (var (name, parts) in _members ?? [])
        {
            json.WritePropertyName(name);
            if (parts.Count > 1) json.WriteStartArray();
            foreach (var part in parts) part.WriteTo(json);
            if (parts.Count > 1) json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
