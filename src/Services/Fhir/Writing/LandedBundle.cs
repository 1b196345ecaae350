using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Yunnao.Services.Fhir.Writing;

/// <summary>
/// What is landed and loaded of a request: a Bundle of its resources, each as it was sent but for its id, which is its number, and its references
/// within the platform, which name numbers. The identifier makes every one another file.
/// </summary>
internal static class LandedBundle
{
    /// <summary>The characters at which loading cuts a reference; a number that has one cannot be referred to.</summary>
    public static SearchValues<char> Cutting { get; } = SearchValues.Create("/:?#");

    /// <summary>Writes the Bundle and numbers the entries as loading will: from 1.</summary>
    public static byte[] Write(ReadOnlySpan<byte> body, IReadOnlyList<SentEntry> entries, DateTimeOffset now)
    {
        var landed = new ArrayBufferWriter<byte>(body.Length + 256 + 64 * entries.Count);
        landed.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $$"""{"resourceType":"Bundle","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:{{Guid.CreateVersion7(now)}}"},"type":"collection","timestamp":"{{now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}}","entry":[""")));
        for (var i = 0; i < entries.Count; i++)
        {
            entries[i].Record = i + 1;
            landed.Write(i == 0 ? "{\"resource\":"u8 : ",{\"resource\":"u8);
            Write(landed, body, entries[i]);
            landed.Write("}"u8);
        }

        landed.Write("]}"u8);
        return landed.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> landed, ReadOnlySpan<byte> body, SentEntry entry)
    {
        var at = entry.At.Start;
        var idWritten = entry.Id is not null;
        if (!idWritten)
        {
            landed.Write("{\"id\":"u8);
            Text(landed, entry.Number!);
            landed.Write(","u8);
            at++;
        }

        var next = 0;
        while (true)
        {
            while (next < entry.References.Count && entry.Numbers[next] is null) next++;
            var (start, end, text) = next < entry.References.Count ? (entry.References[next].Start, entry.References[next].End, entry.Numbers[next]!) : (int.MaxValue, 0, "");
            if (idWritten && entry.IdAt.Start >= at && entry.IdAt.Start < start) (start, end, text, next) = (entry.IdAt.Start, entry.IdAt.End, entry.Number!, next - 1);
            if (start == int.MaxValue) break;
            landed.Write(body[at..start]);
            Text(landed, text);
            (at, next) = (end, next + 1);
        }

        landed.Write(body[at..entry.At.End]);
    }

    private static void Text(ArrayBufferWriter<byte> landed, string text)
    {
        landed.Write("\""u8);
        landed.Write(Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)));
        landed.Write("\""u8);
    }
}
