using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Yunnao.Cli.Lake;

/// <summary>How JSON is written for people and programs: Chinese as it is, not as escapes.</summary>
internal static class JsonText
{
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.Create(UnicodeRanges.All);
}
