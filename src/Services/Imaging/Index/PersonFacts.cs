using System.Text;

namespace Yunnao.Services.Imaging.Index;

/// <summary>What a header says of a person and of the numbers by which others know the examination. In the index it is sealed.</summary>
/// <param name="Local">Patient number within the institution.</param>
/// <param name="Name">As sent, with its groups.</param>
/// <param name="Birth">Eight digits, or empty.</param>
/// <param name="Referring">Name of the referring physician, folded.</param>
internal sealed record PersonFacts(string Local, string Name, string Birth, string Accession, string StudyNumber, string Referring)
{
    private const char Separator = '\0';

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Join(Separator, Clean(Local), Clean(Name), Clean(Birth), Clean(Accession), Clean(StudyNumber), Clean(Referring)));

    public static PersonFacts Of(ReadOnlySpan<byte> bytes)
    {
        var parts = Encoding.UTF8.GetString(bytes).Split(Separator);
        return new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
    }

    private static string Clean(string text) => text.Replace(Separator, ' ');
}
