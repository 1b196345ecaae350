using CsCheck;
using Xunit;
using Yunnao.Synthetic.Notes;
using Yunnao.Trust.FreeText;

namespace Yunnao.Tests.Unit.Trust;

public sealed class FreeTextTests
{
    private static readonly FreeTextLexicon Lexicon = FreeTextLexicon.Load(StandardsFolder.Path).Value;
    private static readonly IdentifierScanner Scanner = new(Lexicon);

    [Theory]
    [InlineData("患者张伟因腹痛入院", "患者[姓名]因腹痛入院")]
    [InlineData("姓名:欧阳娜娜 性别:女", "姓名:[姓名] 性别:女")]
    [InlineData("王强,男,45岁", "[姓名],男,45岁")]
    [InlineData("请李主任会诊,张医生在场", "请[姓名]主任会诊,[姓名]医生在场")]
    [InlineData("联系人:阿卜杜拉·买买提。", "联系人:[姓名]。")]
    [InlineData("患者李某某,既往体健", "患者[姓名],既往体健")]
    [InlineData("术者:王芳/刘洋", "术者:[姓名]/[姓名]")]
    [InlineData("身份证号11010519491231002X。", "身份证号[证件号]。")]
    [InlineData("身份证 420102 19800101 1234", "身份证 [证件号]")]
    [InlineData("电话13812345678或027-88881234", "电话[电话]或[电话]")]
    [InlineData("手机+86 138-1234-5678", "手机[电话]")]
    [InlineData("拨打(027)88881234咨询", "拨打[电话]咨询")]
    [InlineData("住湖北省武汉市江岸区大智街道中山路12号3栋2单元501室,", "住[地址],")]
    [InlineData("现住江岸区一元街道", "现住[地址]")]
    [InlineData("地点为洪山区珞珈山路16号附近", "地点为[地址]附近")]
    [InlineData("曾在武汉协和医院就诊", "曾在[机构]就诊")]
    [InlineData("住院号:ZY20240001 床号:12", "住院号:[编号] 床号:12")]
    [InlineData("2024年3月5日入院,2024-03-08手术,复查20240401", "2024年3月入院,2024-03手术,复查202404")]
    [InlineData("邮箱zhang.wei@example.com,车牌鄂A·12345", "邮箱[邮箱],车牌[车牌]")]
    [InlineData("微信号:wx_zhang88", "微信号:[账号]")]
    [InlineData("护照号E12345678", "护照号[编号]")]
    [InlineData("二〇二四年三月五日出生", "二〇二四年三月出生")]
    public void Chinese_text_loses_what_identifies(string text, string expected) => Assert.Equal(expected, Redact(text));

    [Theory]
    [InlineData("Mr. Smith was seen by Dr. O'Brien on March 5, 2024.", "Mr. [NAME] was seen by Dr. [NAME] on [DATE].")]
    [InlineData("Patient Name: Mary J. Jones  MRN: A1234567", "Patient Name: [NAME]  MRN: [NUMBER]")]
    [InlineData("SSN 123-45-6789, phone (312) 555-0199", "SSN [ID], phone [PHONE]")]
    [InlineData("Lives at 12 Maple Street, Springfield, IL 62704.", "Lives at [ADDRESS].")]
    public void English_text_loses_what_identifies(string text, string expected) => Assert.Equal(expected, Redact(text));

    [Theory]
    [InlineData("患者白细胞升高,高热不退,黄疸明显,左侧胸痛,安静时血氧饱和度93%")]
    [InlineData("T 38.5℃,P 96次/分,BP 135/85mmHg,WBC 12.3×10^9/L,肌酐88μmol/L,约2.3cm×1.8cm")]
    [InlineData("麦氏点压痛阳性,墨菲氏征阴性,王氏征(-),ICD-10 J18.900,费用12345.67元")]
    [InlineData("患者于今日入院,曾于当地医院就诊,全麻下手术,应用抗生素,常规检查,时有头晕")]
    [InlineData("头孢呋辛1.5g ivgtt q12h,氨氯地平5mg qd,24小时尿量1500ml")]
    [InlineData("Blood pressure 142/88 mmHg, glucose 154 mg/dL, ceftriaxone 2 g IV daily")]
    public void Clinical_text_without_persons_stays(string text) => Assert.Equal(text, Redact(text));

    [Fact]
    public void Own_and_relatives_names_are_found_wherever_they_stand()
    {
        Assert.Equal("[姓名]昨夜胸痛,其子[姓名]送来,[姓名]诉", Redact("高明远昨夜胸痛,其子高山送来,明远诉", "高明远", "高山"));
    }

    [Fact]
    public void A_known_name_needs_no_cue()
    {
        var scanner = new IdentifierScanner(Lexicon, new KnownNames(["诸葛孔明", "田野青", "Bartholomew Featherstonehaugh"]));
        var findings = new List<Finding>();
        var text = "曾与诸葛孔明同住,田野青也在,Bartholomew Featherstonehaugh wrote";
        scanner.Find(text, [], findings);
        Assert.Equal(["诸葛孔明", "田野青", "Bartholomew Featherstonehaugh"], findings.Select(f => text.Substring(f.Start, f.Length)));
    }

    [Fact]
    public void Notes_of_the_city_keep_nothing_readable()
    {
        var score = new FreeTextScore();
        var findings = new List<Finding>();
        foreach (var note in new NoteMaker(Path.Combine(StandardsFolder.Path, "synthetic"), 7).Make(3000))
        {
            findings.Clear();
            Scanner.Find(note.Text, note.Names, findings);
            score.Add([.. note.Truth.Select(t => (t.Start, t.Length, t.Kind))], findings);
        }

        Assert.True(score.Kinds.Values.Sum(k => k.All) > 20_000);
        Assert.InRange(score.Recall("id", "phone", "number", "date", "email", "plate", "account"), 0.99, 1);
        Assert.InRange(score.Recall("name", "stranger", "address", "institution"), 0.95, 1);
        Assert.InRange(score.Precision, 0.95, 1);
    }

    [Fact]
    public void Findings_lie_in_the_text_in_order_and_apart_whatever_the_text()
    {
        string[] words = ["张伟", "13812345678", "住", "电话:", "11010519491231002X", "Dr. ", "March 5", "医院", "\n", "\0", "😀", "鄂A"];
        var random = Gen.String[Gen.Char["0123456789-.年月日号路 ()（）@A张伟患者电话住址市区县+·:xX某"], 0, 12];
        var pieces = Gen.Select(random, Gen.Int[0, words.Length - 1], Gen.Bool, (text, word, isWord) => isWord ? words[word] : text);
        pieces.Array[0, 12].Select(string.Concat).Sample(text =>
        {
            var findings = new List<Finding>();
            Scanner.Find(text, ["张伟", "王小二"], findings);
            var end = 0;
            foreach (var finding in findings)
            {
                Assert.InRange(finding.Start, end, text.Length);
                Assert.True(finding.Length > 0);
                end = finding.End;
            }

            Assert.InRange(end, 0, text.Length);
            Redactor.Redact(text, findings);
        });
    }

    private static string Redact(string text, params string[] own)
    {
        var findings = new List<Finding>();
        Scanner.Find(text, own, findings);
        return Redactor.Redact(text, findings);
    }
}
