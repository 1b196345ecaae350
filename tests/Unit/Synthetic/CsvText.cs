namespace Yunnao.Tests.Unit.Synthetic;

/// <summary>Reads RFC 4180 text as bytes, so that what is no text stays as it is.</summary>
internal static class CsvText
{
    public static IEnumerable<List<byte[]>> Records(byte[] text)
    {
        var cells = new List<byte[]>();
        var cell = new List<byte>();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Add(text[i++]);
            else if (text[i] == '"') quoted = !quoted;
            else if (quoted || text[i] is not ((byte)',' or (byte)'\n')) cell.Add(text[i]);
            else
            {
                cells.Add([.. cell]);
                cell.Clear();
                if (text[i] == ',') continue;
                yield return cells;
                cells = [];
            }
        }
    }
}
