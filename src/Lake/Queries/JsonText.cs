using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Yunnao.Lake.Queries;

/// <summary>How JSON is written for people and programs: Chinese as it is, not as escapes.</summary>
public static class JsonText
{
    public static JavaScriptEncoder Encoder { get; } = JavaScriptEncoder.Create(UnicodeRanges.All);
}
